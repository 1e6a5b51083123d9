"""The one table of routes: method, path, handler, success code, policy.

Whoever wants to know what the API can do reads this and nothing else.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

from starlette.responses import Response

from calor.api.rest import catalog, events, exports, resources, stacks
from calor.api.rest.call import Call
from calor.api.rest.validate import validate

Handler: TypeAlias = Callable[[Call], Awaitable[Response]]

TENANT = "/v1/{tenant_id}"
STACKS = f"{TENANT}/stacks"
STACK = f"{STACKS}/{{stack_name}}/{{stack_id}}"
RESOURCE = f"{STACK}/resources/{{resource_name}}"
SNAPSHOTS = f"{STACK}/snapshots"
SNAPSHOT = f"{SNAPSHOTS}/{{snapshot_id}}"
CONFIGS = f"{TENANT}/software_configs"
CONFIG = f"{CONFIGS}/{{config_id}}"
DEPLOYMENTS = f"{TENANT}/software_deployments"
DEPLOYMENT = f"{DEPLOYMENTS}/{{deployment_id}}"
LOOKUP = ("GET", "POST", "PUT", "PATCH", "DELETE")
BELOW = {
    "GET": ("resources", "events", "template", "actions", "environment", "files"),
    "POST": ("resources", "events", "template", "actions"),
}
"""What may follow a stack's name, without its id, in an address that is looked up."""


@dataclass(frozen=True, slots=True)
class Route:
    """`success` is the status of an answer that is no fault."""

    method: str
    path: str
    handler: Handler
    success: int
    policy: str


ROUTES: tuple[Route, ...] = (
    Route("POST", f"{TENANT}/validate", validate, 200, "stacks:validate_template"),
    # What Calor knows.
    Route(
        "GET",
        f"{TENANT}/resource_types",
        catalog.resource_types,
        200,
        "stacks:list_resource_types",
    ),
    Route(
        "GET",
        f"{TENANT}/resource_types/{{type_name}}",
        catalog.resource_schema,
        200,
        "stacks:resource_schema",
    ),
    Route(
        "GET",
        f"{TENANT}/resource_types/{{type_name}}/template",
        catalog.generate_template,
        200,
        "stacks:generate_template",
    ),
    Route(
        "GET",
        f"{TENANT}/template_versions",
        catalog.template_versions,
        200,
        "stacks:list_template_versions",
    ),
    Route(
        "GET",
        f"{TENANT}/template_versions/{{template_version}}/functions",
        catalog.template_functions,
        200,
        "stacks:list_template_functions",
    ),
    Route("GET", f"{TENANT}/build_info", catalog.build_info, 200, "build_info:build_info"),
    Route("GET", f"{TENANT}/services", catalog.services, 200, "service:index"),
    # What stacks share.
    Route("GET", f"{TENANT}/exports", exports.index, 200, "exports:index"),
    Route("GET", f"{TENANT}/exports/{{export_name:path}}", exports.show, 200, "exports:show"),
    # Stacks.
    Route("GET", STACKS, stacks.index, 200, "stacks:index"),
    Route("POST", STACKS, stacks.create, 201, "stacks:create"),
    Route("GET", f"{STACKS}/detail", stacks.detail, 200, "stacks:detail"),
    Route("POST", f"{STACKS}/preview", stacks.preview, 200, "stacks:preview"),
    Route("POST", f"{STACKS}/plan", stacks.plan_create, 200, "stacks:plan_create"),
    *(
        Route(method, f"{STACKS}/{{stack_name}}", stacks.lookup, 302, "stacks:lookup")
        for method in LOOKUP
    ),
    *(
        Route(method, f"{STACKS}/{{stack_name}}/{below}", stacks.lookup_below, 302, "stacks:lookup")
        for method, names in BELOW.items()
        for below in names
    ),
    Route("GET", STACK, stacks.show, 200, "stacks:show"),
    Route("PUT", STACK, stacks.update, 202, "stacks:update"),
    Route("PATCH", STACK, stacks.update_patch, 202, "stacks:update_patch"),
    Route("DELETE", STACK, stacks.delete, 204, "stacks:delete"),
    Route("PUT", f"{STACK}/preview", stacks.preview_update, 200, "stacks:preview_update"),
    Route(
        "PATCH",
        f"{STACK}/preview",
        stacks.preview_update_patch,
        200,
        "stacks:preview_update_patch",
    ),
    Route("GET", f"{STACK}/plan", stacks.plan, 200, "stacks:plan"),
    Route("POST", f"{STACK}/plan", stacks.plan_update, 200, "stacks:plan_update"),
    Route("GET", f"{STACK}/plan/delete", stacks.plan_delete, 200, "stacks:plan_delete"),
    Route("POST", f"{STACK}/actions", stacks.action, 200, "actions:check"),
    Route("GET", f"{STACK}/outputs", stacks.outputs, 200, "stacks:list_outputs"),
    Route("GET", f"{STACK}/outputs/{{output_key}}", stacks.output, 200, "stacks:show_output"),
    Route("GET", f"{STACK}/template", stacks.template, 200, "stacks:template"),
    Route("GET", f"{STACK}/environment", stacks.environment, 200, "stacks:environment"),
    Route("GET", f"{STACK}/files", stacks.files, 200, "stacks:files"),
    # Resources and events.
    Route("GET", f"{STACK}/resources", resources.index, 200, "resource:index"),
    Route("GET", RESOURCE, resources.show, 200, "resource:show"),
    Route("PATCH", RESOURCE, resources.mark_unhealthy, 200, "resource:mark_unhealthy"),
    Route("GET", f"{RESOURCE}/metadata", resources.metadata, 200, "resource:metadata"),
    Route("POST", f"{RESOURCE}/signal", resources.signal, 200, "resource:signal"),
    Route("GET", f"{RESOURCE}/events", events.index, 200, "events:index"),
    Route("GET", f"{RESOURCE}/events/{{event_id}}", events.show, 200, "events:show"),
    Route("GET", f"{STACK}/events", events.index, 200, "events:index"),
    Route("GET", f"{STACK}/events/follow", events.follow, 200, "events:index"),
    # What Heat has and Calor has not: one clear refusal each.
    *(
        Route(method, path, handler, 400, policy)
        for method, path, handler, policy in (
            ("DELETE", f"{STACK}/abandon", catalog.abandoning, "stacks:abandon"),
            ("GET", f"{STACK}/export", catalog.abandoning, "stacks:export"),
            ("GET", SNAPSHOTS, catalog.snapshots, "stacks:list_snapshots"),
            ("POST", SNAPSHOTS, catalog.snapshots, "stacks:snapshot"),
            ("GET", SNAPSHOT, catalog.snapshots, "stacks:show_snapshot"),
            ("DELETE", SNAPSHOT, catalog.snapshots, "stacks:delete_snapshot"),
            ("POST", f"{SNAPSHOT}/restore", catalog.snapshots, "stacks:restore_snapshot"),
            ("GET", CONFIGS, catalog.software, "software_configs:index"),
            ("POST", CONFIGS, catalog.software, "software_configs:create"),
            ("GET", CONFIG, catalog.software, "software_configs:show"),
            ("DELETE", CONFIG, catalog.software, "software_configs:delete"),
            ("GET", DEPLOYMENTS, catalog.software, "software_deployments:index"),
            ("POST", DEPLOYMENTS, catalog.software, "software_deployments:create"),
            (
                "GET",
                f"{DEPLOYMENTS}/metadata/{{server_id}}",
                catalog.software,
                "software_deployments:metadata",
            ),
            ("GET", DEPLOYMENT, catalog.software, "software_deployments:show"),
            ("PUT", DEPLOYMENT, catalog.software, "software_deployments:update"),
            ("DELETE", DEPLOYMENT, catalog.software, "software_deployments:delete"),
        )
    ),
    # An ARN is an address of several parts, so it comes last.
    *(
        Route(method, f"{STACKS}/{{arn:path}}", stacks.lookup_arn, 302, "stacks:lookup")
        for method in LOOKUP
    ),
)
