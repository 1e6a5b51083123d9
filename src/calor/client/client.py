"""The client: one method for each thing that Calor can be asked.

It keeps nothing but what it was made with. Every method raises the kinds of `base.errors`.
A stack is named by its name, its id, or `NAME/ID` (`StackInfo.ref`), which saves a round trip.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from calor.base.clock import Clock
from calor.base.errors import CalorError
from calor.base.source import Source
from calor.base.wire import Request, Response, Transport
from calor.client.faults import error_of
from calor.client.files import StackInput
from calor.client.nouns import (
    EventInfo,
    ExportInfo,
    OutputInfo,
    PlanInfo,
    ResourceInfo,
    StackInfo,
    TypeInfo,
    stack_ref,
)

TIMEOUT = 60.0
"""Seconds that an answer may take."""
LOOK_BACK = 5.0
"""Seconds by which events of nested stacks may be seen late."""

Query = Mapping[str, Any]


class Client:
    """Calor at a URL that ends in `/v1/PROJECT`. `token` is asked before every call."""

    def __init__(
        self,
        transport: Transport,
        url: str,
        *,
        clock: Clock,
        token: Callable[[], Awaitable[str]] | None = None,
        timeout: float = TIMEOUT,
    ) -> None:
        self._transport = transport
        self._url = url.rstrip("/")
        self._clock = clock
        self._token = token
        self._timeout = timeout

    # --- stacks ---------------------------------------------------------------------------------

    async def stacks(self, **query: Any) -> list[StackInfo]:
        """Stacks by Heat's query keys: `name`, `status`, `tags`, `limit`, `marker`, `sort_keys`,
        `sort_dir`, `show_nested`, `show_deleted` ..."""
        body = await self._get("/stacks", query)
        return [StackInfo.from_json(item) for item in body["stacks"]]

    async def stack(self, stack: str, *, outputs: bool = True, wait: float = 0.0) -> StackInfo:
        """A stack as it is now, or waits up to `wait` seconds until nothing is in progress."""
        query: dict[str, Any] = {} if outputs else {"resolve_outputs": "false"}
        if wait:
            query["wait"] = round(wait, 3)
        body = await self._get(f"/stacks/{await self.resolve(stack)}", query)
        return StackInfo.from_json(body["stack"])

    async def create(self, name: str, wanted: StackInput) -> StackInfo:
        """Asks for a new stack; returns it as it is while its creation begins."""
        body = await self._send(
            "POST", "/stacks", {"stack_name": name, **_body(wanted)}, sources=wanted.sources
        )
        return StackInfo(id=body["stack"]["id"], name=name, status="CREATE_IN_PROGRESS")

    async def update(self, stack: str, wanted: StackInput, *, existing: bool = False) -> None:
        """Asks for a new definition; with `existing` what is not given stays as it is."""
        path = f"/stacks/{await self.resolve(stack)}"
        method = "PATCH" if existing else "PUT"
        await self._send(method, path, _body(wanted), sources=wanted.sources)

    async def delete(self, stack: str) -> None:
        await self._send("DELETE", f"/stacks/{await self.resolve(stack)}")

    async def check(self, stack: str) -> None:
        """Asks whether the stack's things are still there and well."""
        await self._action(stack, "check")

    async def cancel_update(self, stack: str) -> None:
        """Stops a create or update and goes back to what was there before."""
        await self._action(stack, "cancel_update")

    async def _action(self, stack: str, action: str) -> None:
        path = f"/stacks/{await self.resolve(stack)}/actions"
        await self._send("POST", path, {action: None})

    async def resolve(self, stack: str) -> str:
        """The ref (`NAME/ID`) of a stack."""
        if "/" in stack:
            return stack
        response = await self._exchange("GET", f"/stacks/{quote(stack, safe='')}")
        ref = stack_ref(response.header("location"))
        if not ref:
            raise CalorError(f"{self._url} did not say where stack {stack!r} is.")
        return ref

    # --- what stacks share ----------------------------------------------------------------------

    async def exports(self) -> list[ExportInfo]:
        """What the stacks of the project export, by name; secret values are hidden."""
        body = await self._get("/exports")
        return [ExportInfo.from_json(item) for item in body["exports"]]

    async def export(self, name: str) -> ExportInfo:
        """One export with its value, secret or not, and who imports it."""
        body = await self._get(f"/exports/{quote(name, safe='')}")
        return ExportInfo.from_json(body["export"])

    # --- checks and plans -----------------------------------------------------------------------

    async def validate(self, wanted: StackInput) -> Mapping[str, Any]:
        """Checks an input; returns its parameters, groups and environment as Heat shows them."""
        body = await self._send("POST", "/validate", _body(wanted), sources=wanted.sources)
        assert isinstance(body, dict)
        return body

    async def plan_create(self, name: str, wanted: StackInput) -> PlanInfo:
        """What a create would do."""
        body = {"stack_name": name, **_body(wanted)}
        return _plan(await self._send("POST", "/stacks/plan", body, sources=wanted.sources))

    async def plan_update(
        self, stack: str, wanted: StackInput, *, existing: bool = False
    ) -> PlanInfo:
        """What an update would do."""
        path = f"/stacks/{await self.resolve(stack)}/plan"
        body = {"existing": existing, **_body(wanted)}
        return _plan(await self._send("POST", path, body, sources=wanted.sources))

    async def plan_delete(self, stack: str) -> PlanInfo:
        """What a delete would do."""
        return _plan(await self._get(f"/stacks/{await self.resolve(stack)}/plan/delete"))

    async def last_plan(self, stack: str) -> PlanInfo:
        """The plan of the last operation."""
        return _plan(await self._get(f"/stacks/{await self.resolve(stack)}/plan"))

    # --- resources ------------------------------------------------------------------------------

    async def resources(self, stack: str, *, depth: int = 0, **query: Any) -> list[ResourceInfo]:
        """Resources, those of nested stacks too up to `depth`; filters by Heat's names."""
        query = {**query, **({"nested_depth": depth} if depth else {})}
        body = await self._get(f"/stacks/{await self.resolve(stack)}/resources", query)
        return [ResourceInfo.from_json(item) for item in body["resources"]]

    async def resource(self, stack: str, name: str) -> ResourceInfo:
        path = f"/stacks/{await self.resolve(stack)}/resources/{quote(name, safe='')}"
        return ResourceInfo.from_json((await self._get(path))["resource"])

    async def clear_hook(self, stack: str, name: str, hook: str) -> None:
        """Lets a resource go on that waits at a hook."""
        path = f"/stacks/{await self.resolve(stack)}/resources/{quote(name, safe='')}/signal"
        await self._send("POST", path, {"unset_hook": hook})

    # --- events ---------------------------------------------------------------------------------

    async def events(
        self, stack: str, *, marker: str = "", wait: float = 0.0, depth: int = 0, **query: Any
    ) -> list[EventInfo]:
        """Events after the event with the id `marker`, waiting up to `wait` seconds for some."""
        query = dict(query)
        if marker:
            query["marker"] = marker
        if wait:
            query["wait"] = round(wait, 3)
        if depth:
            query["nested_depth"] = depth
        body = await self._get(f"/stacks/{await self.resolve(stack)}/events", query)
        return [EventInfo.from_json(item) for item in body["events"]]

    async def follow(
        self, stack: str, *, marker: str = "", depth: int = 0, pause: float = 0.2
    ) -> AsyncIterator[EventInfo]:
        """Events as they happen, without end: stop iterating when you saw what you waited for."""
        ref = await self.resolve(stack)
        seen: dict[str, float] = {}
        while True:
            asked = self._clock.monotonic()
            if depth:
                # A stack inside that is gone still has its last events to tell.
                found = await self.events(ref, marker=marker, depth=depth, show_deleted=True)
            else:
                found = await self.events(ref, marker=marker, wait=10)
            looked = self._clock.monotonic() - asked
            fresh = [event for event in found if event.id not in seen]
            for event in fresh:
                yield event
                seen[event.id] = event.at
            if not depth:
                marker = found[-1].id if found else marker
                seen = {}
            else:
                marker = _safe_marker(found) or marker
                # A look into many stacks costs something: it must not be most of what goes on.
                await self._clock.sleep(max(pause, 3 * looked))

    # --- outputs, and what was written ----------------------------------------------------------

    async def outputs(self, stack: str) -> list[OutputInfo]:
        """All outputs; what is secret is masked."""
        return list((await self.stack(stack)).outputs)

    async def output(self, stack: str, key: str) -> OutputInfo:
        """One output, revealed."""
        path = f"/stacks/{await self.resolve(stack)}/outputs/{quote(key, safe='')}"
        return OutputInfo.from_json((await self._get(path))["output"])

    async def template(self, stack: str) -> str:
        """The template as it was written."""
        path = f"/stacks/{await self.resolve(stack)}/template"
        return str((await self._get(path, {"text": "true"}))["template_text"])

    async def environment(self, stack: str) -> Mapping[str, Any]:
        body: dict[str, Any] = await self._get(f"/stacks/{await self.resolve(stack)}/environment")
        return body

    async def files(self, stack: str) -> Mapping[str, str]:
        body: dict[str, str] = await self._get(f"/stacks/{await self.resolve(stack)}/files")
        return body

    # --- the catalog of types -------------------------------------------------------------------

    async def types(self, **query: Any) -> list[str]:
        body = await self._get("/resource_types", query)
        return [str(name) for name in body["resource_types"]]

    async def type(self, name: str) -> TypeInfo:
        path = f"/resource_types/{quote(name, safe='')}"
        return TypeInfo.from_json(await self._get(path, {"with_description": "true"}))

    async def versions(self) -> list[Mapping[str, Any]]:
        return list((await self._get("/template_versions"))["template_versions"])

    async def functions(self, version: str) -> list[Mapping[str, Any]]:
        path = f"/template_versions/{quote(version, safe='')}/functions"
        return list((await self._get(path))["template_functions"])

    async def build_info(self) -> Mapping[str, Any]:
        body: dict[str, Any] = await self._get("/build_info")
        return body

    async def close(self) -> None:
        await self._transport.close()

    # --- calls ----------------------------------------------------------------------------------

    async def _get(self, path: str, query: Query | None = None) -> Any:
        pairs = {
            key: str(value).lower() if isinstance(value, bool) else value
            for key, value in (query or {}).items()
            if value is not None
        }
        suffix = f"?{urlencode(pairs, doseq=True)}" if pairs else ""
        return await self._send("GET", path + suffix)

    async def _send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        sources: Mapping[str, Source] | None = None,
    ) -> Any:
        response = await self._exchange(method, path, body, sources)
        return json.loads(response.body) if response.body else None

    async def _exchange(
        self,
        method: str,
        path: str,
        body: Any = None,
        sources: Mapping[str, Source] | None = None,
    ) -> Response:
        headers = {"Accept": "application/json", "User-Agent": "calor"}
        content = b""
        if body is not None:
            content = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        if self._token is not None:
            headers["X-Auth-Token"] = await self._token()
        request = Request(method, self._url + path, headers, content)
        response = await self._transport.send(request, timeout=self._timeout)
        if response.status >= 400:
            raise error_of(response, request, sources)
        return response


def _body(wanted: StackInput) -> dict[str, Any]:
    """The JSON form of an input. The template goes as text, so that places are kept."""
    body: dict[str, Any] = {"files": dict(wanted.files), "parameters": dict(wanted.parameters)}
    if wanted.template is not None:
        body["template_text"] = wanted.template
    if wanted.environment_files:
        body["environment_files"] = list(wanted.environment_files)
    if wanted.clear_parameters:
        body["clear_parameters"] = list(wanted.clear_parameters)
    if wanted.timeout_mins is not None:
        body["timeout_mins"] = wanted.timeout_mins
    if wanted.disable_rollback is not None:
        body["disable_rollback"] = wanted.disable_rollback
    if wanted.tags is not None:
        body["tags"] = ",".join(wanted.tags)
    return body


def _plan(body: Any) -> PlanInfo:
    return PlanInfo.from_json(body["plan"])


def _safe_marker(events: Sequence[EventInfo]) -> str:
    """The newest event before which nothing can come to light any more: clocks and commits of
    several stacks are not in step."""
    if not events:
        return ""
    newest = events[-1].at
    return next((event.id for event in reversed(events) if event.at < newest - LOOK_BACK), "")
