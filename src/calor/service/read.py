"""Answers about stacks, as they are shown to people: nothing sensitive leaves it unasked.

It reads the store and changes nothing. An output that was asked for by its name is the one thing
that is revealed (docs/adr/0003).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from calor.base.values import Sensitive, Unknown, Value, mask, reveal, rewrite
from calor.model.plan import Plan
from calor.model.ports import Caller, StackFilter
from calor.model.resource import Resource
from calor.model.stack import Output, Stack
from calor.model.states import Status
from calor.planning.composition import Composition
from calor.planning.pseudo import pseudo_parameters
from calor.service.check import Check
from calor.service.errors import EntityNotFound, ResourceNotFound, no_stack
from calor.service.live import live_attributes
from calor.service.news import news
from calor.service.ports import Ports
from calor.service.views import HIDDEN, ResourceView, StackView
from calor.service.wanted import Text
from calor.template.definitions import Template
from calor.template.document import document
from calor.template.environment import merge
from calor.template.load import load_environment

Paused: TypeAlias = Mapping[tuple[str, str], str]
"""Hooks at which resources wait now, by stack and name."""

REMEMBERED = 64
"""How many stacks' shown parameters are kept: watching a stack asks for them again and again."""


class Read:
    """Questions about stacks."""

    def __init__(self, ports: Ports, check: Check) -> None:
        self._ports = ports
        self._check = check
        self._parameters: dict[tuple[str, int], Mapping[str, str]] = {}

    async def find(self, project: str, name_or_id: str) -> Stack:
        """The stack of a project by id (a deleted one too) or by name. Raises `EntityNotFound`."""
        stack = await self._ports.reads.stack(name_or_id)
        if stack is None or stack.owner.project_id != project:
            stack = await self._ports.reads.stack_named(project, name_or_id)
        if stack is None:
            raise no_stack(name_or_id)
        return stack

    async def exactly(self, project: str, name: str, stack_id: str) -> Stack:
        """The stack that both name and id mean. Raises `EntityNotFound`."""
        stack = await self._ports.reads.stack(stack_id)
        if stack is None or stack.name != name or stack.owner.project_id != project:
            raise no_stack(f"{name}/{stack_id}")
        return stack

    async def ended(self, stack: Stack, seconds: float) -> Stack:
        """The stack as soon as nothing is in progress, or as it is after `seconds`."""
        clock = self._ports.clock
        end = clock.monotonic() + seconds
        if seconds <= 0 or stack.status is not Status.IN_PROGRESS:
            return stack
        with news(self._ports.bus, clock, "ends", stack.id) as heard:
            while True:
                found = await self._ports.reads.stack(stack.id)
                left = end - clock.monotonic()
                if found is None or found.status is not Status.IN_PROGRESS or left <= 0:
                    return found or stack
                await heard.wait(left)

    async def stacks(self, wanted: StackFilter) -> list[Stack]:
        return await self._ports.reads.stacks(wanted)

    async def count(self, wanted: StackFilter) -> int:
        return await self._ports.reads.count_stacks(replace(wanted, limit=None, marker=None))

    async def stack(self, stack: Stack, *, outputs: bool = True) -> StackView:
        """A stack with its parameters and, unless unwanted, its outputs."""
        return StackView(
            stack=stack,
            parameters=await self._shown_parameters(stack),
            outputs=tuple(hidden_output(item) for item in stack.outputs) if outputs else (),
            parent=stack.parentage.parent_id if stack.parentage else None,
        )

    async def _shown_parameters(self, stack: Stack) -> Mapping[str, str]:
        key = (stack.id, stack.generation)
        known = self._parameters.get(key)
        if known is None:
            known = shown_parameters(await self._check.composition(stack), stack)
            if len(self._parameters) >= REMEMBERED:
                del self._parameters[next(iter(self._parameters))]
            self._parameters[key] = known
        return known

    # --- resources ------------------------------------------------------------------------------

    async def resources(self, stack: Stack, *, depth: int = 0) -> list[ResourceView]:
        """The present resources of a stack by name, and those of stacks nested up to `depth`."""
        return await self._resources(stack, await self._paused(stack), depth)

    async def _resources(self, stack: Stack, paused: Paused, depth: int) -> list[ResourceView]:
        rows = await self._ports.reads.resources(stack.id)
        children = await self._children(stack, rows)
        views = resource_views(stack, rows, children, paused)
        if depth > 0:
            for child in children.values():
                views.extend(await self._resources(child, paused, depth - 1))
        return views

    async def _paused(self, stack: Stack) -> Paused:
        """The hooks at which resources wait, in a stack and in those nested in it."""
        if stack.status is not Status.IN_PROGRESS:
            return {}
        found = await self._ports.reads.paused(stack.root_id)
        return {(pause.stack_id, pause.name): pause.hook for pause in found}

    async def resource(
        self,
        stack: Stack,
        name: str,
        *,
        caller: Caller | None = None,
        with_attributes: Sequence[str] = (),
    ) -> ResourceView:
        """One resource, with its attributes; those that are asked for `with_attributes` are read
        anew, as the caller. Raises `ResourceNotFound`, and CloudError when the cloud is asked."""
        rows = await self._ports.reads.resources(stack.id)
        row = next((row for row in rows if row.name == name and not row.retired), None)
        if row is None:
            raise ResourceNotFound(
                f"Stack {stack.name!r} has no resource {name!r}.",
                "look at the list of its resources",
            )
        children = await self._children(stack, [row])
        views = resource_views(stack, rows, children, await self._paused(stack))
        view = next(view for view in views if view.resource is row)
        template = await self._check.template(stack)
        definitions = template.resources if template is not None else {}
        attributes = {**dict.fromkeys(with_attributes), **row.attributes}
        if caller is not None and view.nested is None:
            attributes.update(
                await live_attributes(self._ports, caller, stack, row, with_attributes)
            )
        return replace(
            view,
            description=definitions[name].description if name in definitions else "",
            attributes=mask(attributes, HIDDEN),
        )

    async def _children(self, stack: Stack, rows: Sequence[Resource]) -> dict[str, Stack]:
        """The live nested stacks of some rows, by row id."""
        wanted = {row.id for row in rows}
        children = await self._ports.reads.children(stack.id)
        return {
            child.parentage.resource_id: child
            for child in children
            if child.parentage is not None and child.parentage.resource_id in wanted
        }

    # --- outputs --------------------------------------------------------------------------------

    def outputs(self, stack: Stack) -> tuple[Output, ...]:
        """All outputs, sensitive parts hidden."""
        return tuple(hidden_output(item) for item in stack.outputs)

    def output(self, stack: Stack, key: str) -> Output:
        """One output, revealed: who asks for it by name wants to know it."""
        for item in stack.outputs:
            if item.name == key:
                return replace(item, value=reveal(item.value))
        raise EntityNotFound(
            f"Stack {stack.name!r} has no output {key!r}.", "look at the list of its outputs"
        )

    # --- what was written -----------------------------------------------------------------------

    async def template(self, stack: Stack) -> Any:
        """The template as a parsed object."""
        return await self._ports.executor.run(lambda: parsed(stack.definition.template))

    async def environment(self, stack: Stack) -> dict[str, Any]:
        """All environments and parameters merged into one, hidden values masked."""
        composition = await self._check.composition(stack)
        return await self._ports.executor.run(lambda: shown_environment(composition))

    async def files(self, stack: Stack) -> dict[str, str]:
        """The files by name. Environments among them lose the values of hidden parameters."""
        names = hidden_names(await self._check.template(stack))
        environments = stack.definition.environments
        return {
            name: _without_secrets(text, names) if text in environments else text
            for name, text in stack.definition.files.items()
        }

    async def plan(self, stack: Stack) -> tuple[int, Plan]:
        """The last plan, with its generation. Raises `EntityNotFound` before there is one."""
        found = await self._ports.reads.plan(stack.id)
        if found is None:
            raise EntityNotFound(
                f"Stack {stack.name!r} has no plan yet.",
                "ask again in a moment",
            )
        return found


# --- how values are shown -------------------------------------------------------------------------


def hidden_output(output: Output) -> Output:
    return replace(output, value=shown(output.value))


def shown(value: Value) -> Value:
    """A value with its sensitive parts hidden and its unknown ones None."""

    def leaf(item: Value) -> Value:
        if isinstance(item, Sensitive):
            return HIDDEN
        return None if isinstance(item, Unknown) else item

    return rewrite(value, leaf)


def resource_views(
    stack: Stack, rows: Sequence[Resource], children: Mapping[str, Stack], paused: Paused
) -> list[ResourceView]:
    """The present rows, each with the names of those that use it."""
    users: dict[str, list[str]] = {}
    for row in rows:
        if not row.retired:
            for needed in row.needs:
                users.setdefault(needed, []).append(row.name)
    parent = stack.parentage.resource_name if stack.parentage else ""
    return [
        ResourceView(
            stack=stack,
            resource=row,
            required_by=tuple(users.get(row.id, ())),
            nested=children.get(row.id),
            parent=parent,
            hook=paused.get((stack.id, row.name), ""),
        )
        for row in rows
        if not row.retired
    ]


_SHOWN_OF_HOT = ("OS::project_id", "OS::stack_id", "OS::stack_name")
_SHOWN_OF_CFN = ("AWS::StackId", "AWS::StackName")


def shown_parameters(composition: Composition, stack: Stack) -> dict[str, str]:
    """Every parameter as text, as Heat shows them; hidden ones masked."""
    given = pseudo_parameters(
        stack_id=stack.id, stack_name=stack.name, project_id=stack.owner.project_id, region=""
    )
    cfn = composition.template is not None and composition.template.dialect.family == "cfn"
    pseudo = {name: given[name] for name in (_SHOWN_OF_CFN if cfn else _SHOWN_OF_HOT)}
    values = composition.parameters.values if composition.parameters is not None else {}
    written = {
        name: as_parameter_text(value)
        for name, value in values.items()
        if not name.startswith(("OS::", "AWS::"))
    }
    return {**pseudo, **written}


def as_parameter_text(value: Value) -> str:
    """A parameter's value as Heat prints it: lists with commas, maps as JSON."""
    if isinstance(value, Sensitive):
        return HIDDEN
    if value is None or isinstance(value, Unknown):
        return ""
    if isinstance(value, list) and not any(isinstance(item, list | dict) for item in value):
        return ",".join(str(shown(item)) for item in value)
    if isinstance(value, dict | list):
        return json.dumps(shown(value), ensure_ascii=False)
    return str(value)


def hidden_names(template: Template | None) -> dict[str, None]:
    """Names of parameters whose values nobody may see."""
    if template is None:
        return {}
    return {name: None for name, item in template.parameters.items() if item.hidden}


def shown_environment(composition: Composition) -> dict[str, Any]:
    """The sections of an environment as Heat answers them: several are one, merged."""
    names = hidden_names(composition.template)
    texts = composition.definition.environments
    template = composition.template
    kinds = {} if template is None else {one.name: one.type for one in template.parameters.values()}
    loaded = (load_environment(text, name="environment").environment for text in texts)
    merged = merge(list(loaded), kinds)
    parameters = {**merged.parameters, **composition.definition.parameters}
    registry: dict[str, Any] = {"resources": {}}
    sinks: list[Any] = []
    for text in texts:
        document = parsed(text)
        if isinstance(document, dict):
            _merge(registry, document.get("resource_registry") or {})
            sinks.extend(document.get("event_sinks") or ())
    return {
        "parameters": _masked(parameters, names),
        "parameter_defaults": _masked(merged.parameter_defaults, names),
        "resource_registry": registry,
        "encrypted_param_names": list(names),
        "event_sinks": sinks,
    }


def _masked(values: Mapping[str, Value], names: Mapping[str, None]) -> dict[str, Value]:
    return {name: HIDDEN if name in names else shown(value) for name, value in values.items()}


def _merge(into: dict[str, Any], more: Mapping[str, Any]) -> None:
    for key, value in more.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = dict(value) if isinstance(value, dict) else value


def parsed(text: Text) -> Any:
    """A document as a plain object; None for a text that is none."""
    return document(text) if isinstance(text, str) else text


def _without_secrets(text: str, names: Mapping[str, None]) -> str:
    if not any(name in text for name in names):
        return text
    document = parsed(text)
    if not isinstance(document, dict):
        return text
    for section in ("parameters", "parameter_defaults"):
        if isinstance(document.get(section), dict):
            document[section] = _masked(document[section], names)
    return json.dumps(document, ensure_ascii=False, indent=2)
