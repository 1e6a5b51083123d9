"""Checks and plans: what is wrong with an input, and what a create, update or delete would do.

It changes nothing. Long pure work runs in the executor; the cloud is asked with the caller's own
token, all questions at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from calor.base.diagnostics import Diagnostic, Rule, merged
from calor.base.errors import Conflict, NotFound
from calor.base.values import Unknown, Value, is_known
from calor.model.facade import UNKNOWN_FACADE
from calor.model.plan import Plan, Verb
from calor.model.ports import Caller
from calor.model.resource import Resource
from calor.model.stack import Definition, Sink, Stack
from calor.model.states import Action
from calor.planning.composition import Composition, Lookup, WrittenSink
from calor.planning.exports import tree
from calor.planning.facade import NO_PARENT
from calor.planning.hooks import with_hooks
from calor.planning.identity import Identity, identity_of
from calor.planning.plan import plan_delete, plan_towards
from calor.service import sharing
from calor.service.checks import check_name, check_sizes
from calor.service.created import with_properties
from calor.service.errors import ImmutableParameterModified, StackValidationFailed
from calor.service.ports import Ports
from calor.service.things import broken_rules
from calor.service.wanted import Wanted, definition_of
from calor.sinks import kind_named
from calor.template.definitions import Template
from calor.template.parameters import MISSING

NOT_IN_CLOUD = Rule(
    "C101",
    "the cloud has no such thing",
    "A property or parameter names something of the cloud, as a flavor, that the cloud does not "
    "show to the project. Look at the cloud's own list, or ask for access to it.",
)
AMBIGUOUS = Rule(
    "C102",
    "several things of the cloud have that name",
    "A property or parameter names something of the cloud by a name that several things have. "
    "Give the id instead.",
)
NO_SERVICE = Rule(
    "C103",
    "the cloud lacks the service of an event sink",
    "An event sink needs a service to bring events to: a `zaqar-queue` needs Zaqar, which the "
    "catalog calls `messaging`. The cloud has none in this region, so no event would arrive. Leave "
    "the sink out of the environment, or ask the operator for the service.",
)
RESTRICTED = Rule(
    "R152",
    "an action that the environment restricts",
    "The update would change or replace a resource for which the environment says so in "
    "`restricted_actions`. Take the change back, or take the restriction out of the environment.",
)


@dataclass(frozen=True, slots=True)
class Checked:
    """An input that was found right."""

    definition: Definition
    composition: Composition

    @property
    def description(self) -> str:
        template = self.composition.template
        return template.description if template is not None else ""

    @property
    def sinks(self) -> tuple[Sink, ...]:
        return tuple(written.sink for written in self.composition.sinks)


@dataclass(frozen=True, slots=True)
class Preview:
    """What an input would do to a stack, or make of none."""

    checked: Checked
    plan: Plan
    stack_name: str
    stack: Stack | None = None
    rows: Sequence[Resource] = ()


class Check:
    """Questions about an input."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    async def validate(self, caller: Caller, wanted: Wanted) -> Checked:
        """Checks an input for no particular stack; parameters may lack values.

        Raises `StackValidationFailed` with all problems, `LimitExceeded`, or a `CloudError`.
        """
        identity = self.identity(caller, "")
        return await self.checked(caller, wanted, identity, need_parameters=False)

    async def plan_create(self, caller: Caller, name: str, wanted: Wanted) -> Preview:
        check_name(name)
        checked = await self.checked(caller, wanted, self.identity(caller, name))
        return Preview(checked, await self._plan(checked, (), Action.CREATE), name)

    async def plan_update(self, caller: Caller, stack: Stack, wanted: Wanted) -> Preview:
        checked = await self.update(caller, stack, wanted)
        rows = await self._ports.reads.resources(stack.id)
        plan = await self._plan(checked, rows, Action.UPDATE)
        return Preview(checked, plan, stack.name, stack, rows)

    async def plan_delete(self, stack: Stack) -> Plan:
        """What a delete would do."""
        rows = await self._ports.reads.resources(stack.id)

        def make() -> Plan:
            registry = self._ports.composer.registry_of(stack.definition)
            return with_hooks(
                plan_delete(rows).plan,
                lambda name: registry.hooks((*stack.path, name)),
                Action.DELETE,
            )

        return await self._ports.executor.run(make)

    async def update(self, caller: Caller, stack: Stack, wanted: Wanted) -> Checked:
        """Checks an input as the next definition of a stack."""
        identity = identity_of(stack, self._ports.settings.region)
        checked = await self.checked(caller, wanted, identity, old=stack.definition)
        before = await self.composition(stack)
        _check_immutable(before, checked.composition)
        await self._refuse_held(stack, before, checked)
        return checked

    async def _refuse_held(self, stack: Stack, before: Composition, checked: Checked) -> None:
        """Raises `StackValidationFailed` when an export would go, or change, that others import."""
        held = await sharing.held_by_others(self._ports.reads, stack, before, checked.composition)
        if not held:
            return
        rows = await self._ports.reads.resources(stack.id)
        plan = await self._plan(checked, rows, Action.UPDATE)
        hurt = await self._ports.executor.run(
            lambda: sharing.hurt(held, checked.composition, rows, plan)
        )
        if hurt:
            raise invalid(hurt)

    async def refuse_restricted(self, stack: Stack, checked: Checked) -> None:
        """Raises `StackValidationFailed` when a stack would have to be changed where the
        environment forbids it. What shows only later is refused by the engine."""
        parts = checked.composition.parts
        if not any(part.restricted for part in parts.values()):
            return
        rows = await self._ports.reads.resources(stack.id)
        plan = await self._plan(checked, rows, Action.UPDATE)
        refused = [
            Diagnostic(
                RESTRICTED,
                f"resource {change.name!r}: {change.decision.reason}",
                parts[change.name].definition.span,
                ("resources", change.name),
                "take the change back, or the restriction out of the environment",
            )
            for change in plan.changes
            if change.decision.verb is Verb.REFUSE
            and any(is_known(one.after) for one in change.decision.changes)
        ]
        if refused:
            raise invalid(refused)

    async def checked(
        self,
        caller: Caller,
        wanted: Wanted,
        identity: Identity,
        *,
        old: Definition | None = None,
        need_parameters: bool = True,
    ) -> Checked:
        """Reads an input and checks it whole: text, types, limits, and what the cloud must know."""
        checked = await self._ports.executor.run(lambda: self._read(wanted, identity, old))
        if not need_parameters:
            checked = await self._ports.executor.run(
                lambda: self._without_values(checked, identity)
            )
        else:
            checked = await self._with_imports(checked, identity)
        problems = checked.composition.diagnostics.errors
        if not problems:
            problems = await self._ask_cloud(caller, checked.composition.lookups)
            problems += await self._ask_for_services(caller, checked.composition.sinks)
        if not problems:
            problems = await self._broken_rules(caller, checked.composition)
        if problems:
            raise invalid(problems)
        return checked

    async def composition(self, stack: Stack) -> Composition:
        """A stack's present definition, understood, without what is nested in it."""
        identity = identity_of(stack, self._ports.settings.region)
        return await self._ports.executor.run(
            lambda: self._ports.composer.compose_alone(stack.definition, identity)
        )

    async def template(self, stack: Stack) -> Template | None:
        """A stack's present template, parsed only."""
        written = stack.definition
        return await self._ports.executor.run(
            lambda: self._ports.composer.load(written.template, written.files, "template").template
        )

    def identity(self, caller: Caller, name: str, stack_id: str | None = None) -> Identity:
        """The identity of a stack that is not there yet; its id where that is chosen already."""
        return Identity(stack_id, name, caller.owner.project_id, self._ports.settings.region)

    def _read(self, wanted: Wanted, identity: Identity, old: Definition | None) -> Checked:
        definition = definition_of(wanted, old)
        check_sizes(definition, self._ports.settings)
        return Checked(definition, self._ports.composer.compose(definition, identity))

    async def _with_imports(self, checked: Checked, identity: Identity) -> Checked:
        """The same with the values of what it imports; what it shares is checked."""
        offered = await sharing.offered(
            self._ports.reads, identity.project_id, checked.composition, identity.stack_id
        )
        if offered is None:
            return checked
        definition = checked.definition
        composition = await self._ports.executor.run(
            lambda: self._ports.composer.compose(definition, identity, offered=offered)
        )
        return Checked(definition, composition)

    def _without_values(self, checked: Checked, identity: Identity) -> Checked:
        """The same with every parameter that lacks a value unknown, which is no problem then; and
        what a resource around it would say, since the template may be for a nested stack."""
        problems = checked.composition.diagnostics
        missing = {
            str(problem.path[-1]): Unknown(f"parameter {problem.path[-1]}")
            for problem in problems
            if problem.rule is MISSING and len(problem.path) == 2
        }
        inside = any(problem.rule is NO_PARENT for problem in problems)
        if not missing and not inside:
            return checked
        given = checked.definition
        assumed = replace(
            given,
            parameters={**given.parameters, **missing},
            facade=UNKNOWN_FACADE if inside else None,
        )
        composition = self._ports.composer.compose(assumed, identity)
        return Checked(given, replace(composition, definition=given))

    async def _plan(self, checked: Checked, rows: Sequence[Resource], action: Action) -> Plan:
        composition = checked.composition

        def make() -> Plan:
            plan = with_properties(plan_towards(composition, rows).plan, composition.parts)
            return with_hooks(plan, composition.hooks, action)

        return await self._ports.executor.run(make)

    async def _broken_rules(self, caller: Caller, composition: Composition) -> list[Diagnostic]:
        """Rules about the things that parameters name."""
        if not any(one.asked for one in tree(composition)):
            return []
        return await broken_rules(self._ports.clouds.for_caller(caller), composition)

    async def _ask_cloud(self, caller: Caller, lookups: Sequence[Lookup]) -> list[Diagnostic]:
        """One question for each name, however often the template says it."""
        questions: dict[tuple[str, str], list[Lookup]] = {}
        for lookup in lookups:
            for name in _names(lookup.value):
                questions.setdefault((lookup.kind, name), []).append(lookup)
        if not questions:
            return []
        cloud = self._ports.clouds.for_caller(caller)

        async def ask(kind: str, name: str) -> tuple[Rule, str] | None:
            try:
                await cloud.find(kind, name)
            except NotFound as error:
                return NOT_IN_CLOUD, error.message
            except Conflict as error:
                return AMBIGUOUS, error.message
            return None

        answers = await asyncio.gather(*(ask(kind, name) for kind, name in questions))
        return merged(
            _unanswered(answer[0], answer[1], lookup)
            for answer, asking in zip(answers, questions.values(), strict=True)
            if answer is not None
            for lookup in asking
        )

    async def _ask_for_services(
        self, caller: Caller, sinks: Sequence[WrittenSink]
    ) -> list[Diagnostic]:
        """Whether the cloud has what the event sinks need."""
        problems = []
        for written in sinks:
            kind = kind_named(written.sink.kind)
            cloud = self._ports.clouds.for_caller(caller)
            if kind is None or await cloud.supports(kind.service, ""):
                continue
            problems.append(
                Diagnostic(
                    NO_SERVICE,
                    f"event sink {kind.name}: the cloud's catalog has no service {kind.service!r}",
                    written.span,
                    hint="leave the sink out, or ask the cloud's operator for the service",
                )
            )
        return problems


def invalid(problems: Sequence[Diagnostic]) -> StackValidationFailed:
    """The refusal that tells all problems; its message is the first one's."""
    more = f" ({len(problems) - 1} more)" if len(problems) > 1 else ""
    return StackValidationFailed(f"{problems[0].message}{more}", problems)


def _unanswered(rule: Rule, message: str, lookup: Lookup) -> Diagnostic:
    span, trail = lookup.written()
    cause = trail[-1][0] if trail else None
    return Diagnostic(rule, message, span, lookup.path, related=trail, cause=cause)


def _names(value: Value) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [item for item in values if isinstance(item, str) and item]


def _check_immutable(before: Composition, after: Composition) -> None:
    if before.parameters is None or after.parameters is None or after.template is None:
        return
    for name, parameter in after.template.parameters.items():
        if not parameter.immutable or name not in before.parameters.values:
            continue
        if before.parameters.values[name] != after.parameters.values.get(name):
            raise ImmutableParameterModified(
                f"The parameter {name!r} can't be changed: the template calls it immutable.",
                "give it the value that it has, or create another stack",
            )
