"""Handlers about whole stacks."""

from __future__ import annotations

from urllib.parse import quote

from starlette.responses import Response

from calor.api.rest.answers import answer, empty, redirect
from calor.api.rest.bodies import stack_name, wanted_of
from calor.api.rest.call import Call, as_bool
from calor.api.rest.links import link, stack_url
from calor.api.rest.plans import plan_json, resource_changes, stack_preview
from calor.api.rest.policy import allows
from calor.api.rest.shapes import output_detail, output_item, stack_detail, stack_item
from calor.base.errors import Forbidden, InvalidInput
from calor.model.ports import StackFilter
from calor.model.stack import Stack
from calor.service.errors import NotSupported, no_stack

FILTERS = (
    "id",
    "status",
    "name",
    "action",
    "tenant",
    "username",
    "owner_id",
    "disable_rollback",
    "parent",
    "stack_action",
    "stack_name",
    "stack_owner",
    "stack_status",
    "stack_status_reason",
    "stack_user_project_id",
    "timeout_mins",
)
SORT_KEYS = ("stack_name", "stack_status", "creation_time", "updated_time")
ALSO = ("name", "status", "created_at", "updated_at", "id")
"""What dashboards say for the same, by the names of Heat's columns; Heat looks past it."""


async def index(call: Call) -> Response:
    """The list of stacks."""
    wanted = _filter(call)
    stacks = await call.service.read.stacks(wanted)
    body: dict[str, object] = {
        "stacks": [
            stack_item(call.base, stack, with_project=call.caller.is_admin) for stack in stacks
        ]
    }
    if call.flag("with_count"):
        body["count"] = await call.service.read.count(wanted)
    if stacks and wanted.limit is not None and len(stacks) == wanted.limit:
        query = call.request.query_params.multi_items()
        pairs = [(key, value) for key, value in query if key != "marker"]
        pairs.append(("marker", stacks[-1].id))
        text = "&".join(f"{quote(key)}={quote(value)}" for key, value in pairs)
        body["links"] = [link(f"{call.base}/v1/{call.project}/stacks?{text}", "next")]
    return answer(body)


def _filter(call: Call) -> StackFilter:
    everywhere = call.flag("global_tenant")
    if everywhere and not allows("stacks:global_index", call.caller):
        raise Forbidden("Only an administrator may list the stacks of all projects.")
    sort_keys = call.texts("sort_keys") or call.texts("sort_key")
    keys = [key for text in sort_keys for key in text.split(",") if key]
    for key in keys:
        if key not in SORT_KEYS + ALSO:
            raise InvalidInput(
                f"Stacks can't be sorted by {key!r}; the keys are {', '.join(SORT_KEYS)}."
            )
    direction = "desc" if call.text("sort_dir") == "desc" else "asc"
    if call.text("sort_dir") not in ("", "asc", "desc"):
        raise InvalidInput("'sort_dir' must be 'asc' or 'desc'.")
    sort = tuple((key, direction) for key in keys) or (("creation_time", "desc"),)
    return StackFilter(
        project_id=None if everywhere else call.project,
        filters=call.filters(*FILTERS),
        tags=call.listed("tags"),
        tags_any=call.listed("tags_any"),
        not_tags=call.listed("not_tags"),
        not_tags_any=call.listed("not_tags_any"),
        show_deleted=call.flag("show_deleted"),
        show_nested=call.flag("show_nested"),
        sort=sort,
        limit=call.number("limit"),
        marker=call.text("marker") or None,
    )


async def detail(call: Call) -> Response:
    """The list with every stack whole."""
    stacks = await call.service.read.stacks(_filter(call))
    details = []
    for item in stacks:
        stack = await call.service.read.exactly(item.owner.project_id, item.name, item.id)
        details.append(stack_detail(call.base, await call.service.read.stack(stack)))
    return answer({"stacks": details})


async def create(call: Call) -> Response:
    """Makes a stack: checks its definition, accepts it, and answers before it is done."""
    body = await call.body()
    stack = await call.service.accept.create(call.caller, stack_name(body), wanted_of(body))
    return answer({"stack": _made(call, stack)}, 201)


def _made(call: Call, stack: Stack) -> dict[str, object]:
    return {"id": stack.id, "links": [link(stack_url(call.base, stack))]}


async def preview(call: Call) -> Response:
    """What a create would make, in Heat's shape."""
    body = await call.body()
    found = await call.service.check.plan_create(call.caller, stack_name(body), wanted_of(body))
    return answer({"stack": stack_preview(call.base, found, call.caller.owner, body)})


async def plan_create(call: Call) -> Response:
    """The plan of a create."""
    body = await call.body()
    found = await call.service.check.plan_create(call.caller, stack_name(body), wanted_of(body))
    return answer({"plan": plan_json(found.plan, found.stack_name)})


async def plan_update(call: Call) -> Response:
    """The plan of an update; with `existing` of what PATCH would do."""
    body = await call.body()
    existing = as_bool("existing", body.get("existing", False))
    found = await call.service.check.plan_update(
        call.caller, await call.stack(), wanted_of(body, existing=existing)
    )
    return answer({"plan": plan_json(found.plan, found.stack_name)})


async def plan_delete(call: Call) -> Response:
    """The plan of a delete."""
    stack = await call.stack()
    return answer({"plan": plan_json(await call.service.check.plan_delete(stack), stack.name)})


async def plan(call: Call) -> Response:
    """The plan of the last operation."""
    stack = await call.stack()
    generation, found = await call.service.read.plan(stack)
    return answer({"plan": plan_json(found, stack.name, generation)})


async def lookup(call: Call) -> Response:
    """Leads from a name or an id to the stack's address."""
    stack = await call.service.read.find(call.project, call.path("stack_name"))
    return redirect(_address(call, stack, ""))


async def lookup_below(call: Call) -> Response:
    """The same for what lies below a stack, as its events."""
    stack = await call.service.read.find(call.project, call.path("stack_name"))
    return redirect(_address(call, stack, call.request.url.path.rpartition("/")[2]))


async def lookup_arn(call: Call) -> Response:
    """The same for an address in ARN form."""
    arn = call.path("arn")
    parts = arn.removeprefix(f"arn:openstack:heat::{call.project}:stacks/").split("/", 2)
    if not arn.startswith("arn:") or len(parts) < 2:
        raise no_stack(arn)
    stack = await call.service.read.exactly(call.project, parts[0], parts[1])
    return redirect(_address(call, stack, parts[2] if len(parts) > 2 else ""))


def _address(call: Call, stack: Stack, below: str) -> str:
    address = stack_url(call.base, stack)
    if below:
        address += f"/{below}"
    query = call.request.url.query
    return f"{address}?{query}" if query else address


async def show(call: Call) -> Response:
    """A stack with its parameters and outputs (not with `resolve_outputs=false`); with `wait`, as
    soon as nothing is in progress, or as it is after so many seconds."""
    stack = await call.service.read.ended(await call.stack(), call.wait())
    outputs = call.flag("resolve_outputs", True)
    view = await call.service.read.stack(stack, outputs=outputs)
    return answer({"stack": stack_detail(call.base, view, outputs=outputs)})


async def update(call: Call) -> Response:
    """A whole new definition."""
    return await _update(call, existing=False)


async def update_patch(call: Call) -> Response:
    """A definition laid over the present one."""
    return await _update(call, existing=True)


async def _update(call: Call, *, existing: bool) -> Response:
    stack = await call.stack()
    body = await call.body()
    await call.service.accept.update(call.caller, stack, wanted_of(body, existing=existing))
    return answer({"stack": _made(call, stack)}, 202)


async def preview_update(call: Call) -> Response:
    """What an update with PUT would do to each resource, in Heat's shape."""
    return await _preview_update(call, existing=False)


async def preview_update_patch(call: Call) -> Response:
    """What an update with PATCH would do to each resource, in Heat's shape."""
    return await _preview_update(call, existing=True)


async def _preview_update(call: Call, *, existing: bool) -> Response:
    stack = await call.stack()
    wanted = wanted_of(await call.body(), existing=existing)
    found = await call.service.check.plan_update(call.caller, stack, wanted)
    return answer({"resource_changes": resource_changes(call.base, found)})


async def delete(call: Call) -> Response:
    """Deletes a stack and all that is in it; takes over from whatever is under way."""
    stack = await call.stack()
    if stack.deleted_at is not None:
        raise no_stack(stack.name)
    await call.service.accept.delete(stack)
    return empty(204)


async def action(call: Call) -> Response:
    """Exactly one action, as the only key of the body."""
    body = await call.body()
    if len(body) != 1:
        raise InvalidInput("The body must have one key: the action.")
    name = next(iter(body))
    stack = await call.stack()
    if name in ("suspend", "resume", "cancel_without_rollback"):
        raise NotSupported(f"The action {name!r} is not available.")
    if not allows(f"actions:{name}", call.caller):
        raise InvalidInput(f"There is no action {name!r}.")
    if name == "check":
        await call.service.accept.check(stack)
    else:
        await call.service.accept.cancel_update(stack)
    return answer(None)


async def outputs(call: Call) -> Response:
    """The outputs' keys and descriptions."""
    found = call.service.read.outputs(await call.stack())
    return answer({"outputs": [output_item(item) for item in found]})


async def output(call: Call) -> Response:
    """One output, revealed: it was asked for by name."""
    found = call.service.read.output(await call.stack(), call.path("output_key"))
    return answer({"output": output_detail(found)})


async def template(call: Call) -> Response:
    """The template as JSON; with `text=true` as it was written."""
    stack = await call.stack()
    if call.flag("text"):
        return answer({"template_text": stack.definition.template})
    return answer(await call.service.read.template(stack))


async def environment(call: Call) -> Response:
    """The environment that the stack was made with, all of its files merged."""
    return answer(await call.service.read.environment(await call.stack()))


async def files(call: Call) -> Response:
    """The files that came with the template, by name."""
    return answer(await call.service.read.files(await call.stack()))
