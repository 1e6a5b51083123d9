"""Handlers about what Calor knows: resource types, template versions, itself."""

from __future__ import annotations

from starlette.responses import Response

from calor.api.rest.answers import answer
from calor.api.rest.call import Call
from calor.base.errors import InvalidInput
from calor.service.errors import NotSupported


async def resource_types(call: Call) -> Response:
    """The names of resource types; `name` filters by a regular expression."""
    found = call.service.catalog.types(
        name=call.text("name"),
        version=call.text("version"),
        support_status=call.text("support_status"),
    )
    if call.flag("with_description"):
        described = [
            {"resource_type": item.name, "description": item.description} for item in found
        ]
        return answer({"resource_types": described})
    return answer({"resource_types": [item.name for item in found]})


async def resource_schema(call: Call) -> Response:
    """A type's properties and attributes."""
    found = call.service.catalog.type(call.path("type_name"))
    body = {
        "resource_type": found.name,
        "properties": dict(found.properties),
        "attributes": dict(found.attributes),
        "support_status": dict(found.support_status),
    }
    if call.flag("with_description"):
        body["description"] = found.description
    return answer(body)


async def generate_template(call: Call) -> Response:
    """A template of one resource whose properties are its parameters."""
    kind = call.text("template_type", "cfn")
    if kind not in ("cfn", "hot"):
        raise InvalidInput(f"'template_type' must be 'cfn' or 'hot', not {kind!r}.")
    return answer(call.service.catalog.template(call.path("type_name"), kind))


async def template_versions(call: Call) -> Response:
    """The versions of the template languages."""
    return answer({"template_versions": call.service.catalog.versions()})


async def template_functions(call: Call) -> Response:
    """The functions of a version."""
    found = call.service.catalog.functions(
        call.path("template_version"), conditions=call.flag("with_condition_func")
    )
    return answer({"template_functions": found})


async def build_info(call: Call) -> Response:
    """Which revision of Calor answers."""
    revision = {"revision": call.service.catalog.revision}
    return answer({"api": revision, "engine": revision})


async def services(call: Call) -> Response:
    """An empty list: engines are not listed."""
    return answer({"services": []})


async def abandoning(call: Call) -> Response:
    """Not available: a stack that is forgotten while its resources stay."""
    raise NotSupported(
        "Abandoning and exporting stacks is not available.",
        "with 'deletion_policy: retain' a resource stays when its stack is deleted",
    )


async def snapshots(call: Call) -> Response:
    """Not available: snapshots of stacks, and what is done with them."""
    raise NotSupported("Snapshots of stacks are not available.")


async def software(call: Call) -> Response:
    """Not available: software configurations and deployments."""
    raise NotSupported("Software configurations and deployments are not available.")
