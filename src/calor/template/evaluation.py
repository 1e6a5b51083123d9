"""Expressions to values, within a scope that knows parameters, resources and files.

It asks the scope and computes; it does not know where the scope has its answers from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from calor.base.diagnostics import Rule
from calor.base.source import MappingNode, ScalarNode
from calor.base.values import Sensitive, Unknown, Value
from calor.template.expressions import (
    DROPPED,
    Call,
    EvaluationError,
    Expression,
    Literal,
    Reference,
    ReferenceKind,
    calls,
)
from calor.template.marks import Misuse, kind_of, open_top

if TYPE_CHECKING:
    from calor.template.definitions import OutputDef, ParameterDef, ResourceDef, Template

NOT_TRUE_OR_FALSE = Rule(
    "H418",
    "condition is neither true nor false",
    "A condition came out as something else, for instance as a parameter that is not boolean.",
)
BAD_POLICY_VALUE = Rule(
    "H419",
    "unknown deletion policy",
    "The deletion policy came out as none of Delete, Retain and Snapshot.",
)


_TO_RESOURCES: Mapping[tuple[ReferenceKind, ...], ReferenceKind] = {
    ("resource",): "resource",
    ("attribute",): "attribute",
}
_POLICIES = {
    "delete": "Delete",
    "retain": "Retain",
    "retainexceptoncreate": "RetainExceptOnCreate",
    "snapshot": "Snapshot",
}


class Scope(Protocol):
    """What expressions ask for. Names that don't exist raise KeyError; the check has found them."""

    def parameter(self, name: str) -> Value:
        """A parameter's value, pseudo parameters too; hidden ones `Sensitive`."""
        ...

    def parameters_typed(self, written: str) -> Sequence[str]:
        """The names of all parameters of a type as the template writes it, or of a list of it."""
        ...

    def told_of(self, parameter: str, attribute: str) -> Value:
        """What the cloud tells of the thing that a parameter names, or of each, in one list."""
        ...

    def resource_id(self, name: str) -> Value:
        """What `get_resource` gives: the id by which others refer to the resource."""
        ...

    def attribute(self, name: str, attribute: str | None, path: tuple[Value, ...]) -> Value:
        """An attribute, with a path into it; attribute None asks for a map of all attributes."""
        ...

    def condition(self, name: str) -> Value:
        """True, False or Unknown; maybe Sensitive."""
        ...

    def zones(self) -> Value:
        """The names of the cloud's availability zones."""
        ...

    def file(self, path: str) -> Value:
        """The text of a file."""
        ...

    def facade(self, key: str) -> Value:
        """metadata, deletion_policy or update_policy of the parent's resource."""
        ...

    def mapping(self, name: str) -> Value:
        """A mapping of the template: a map of maps."""
        ...

    def imported(self, name: str) -> Value:
        """What another stack of the project exports under this name."""
        ...


def type_written(definition: ParameterDef) -> str:
    """A parameter's type as the template has it; '' where it has none."""
    node = definition.node.get("Type") if isinstance(definition.node, MappingNode) else None
    return node.text if isinstance(node, ScalarNode) else ""


def element_type(definition: ParameterDef) -> str:
    """The same, of one item where it is a list."""
    return type_written(definition).removeprefix("List<").removesuffix(">")


def evaluate(expression: Expression, scope: Scope) -> Value:
    """The expression's value. Parts may be shared with the template: change nothing in place.

    Raises EvaluationError for what can't be evaluated.
    """
    value = expression.evaluate(scope)
    return None if value is DROPPED else value


def is_enabled(definition: ResourceDef | OutputDef, scope: Scope) -> bool | Unknown:
    """Whether the condition of a resource or an output holds; without one it does."""
    if definition.condition is None:
        return True
    return _decided(definition.condition, scope)


def deletion_policy(resource: ResourceDef, scope: Scope) -> str:
    """Delete, Retain, RetainExceptOnCreate or Snapshot; Delete when nothing is written or it is
    not known yet."""
    return _policy(resource.name, resource.deletion_policy, scope) or "Delete"


def replace_policy(resource: ResourceDef, scope: Scope) -> str:
    """What becomes of the thing when an update replaces it, as `deletion_policy`; '' where nothing
    is written, and then that one decides."""
    return _policy(resource.name, resource.update_replace_policy, scope)


def _policy(name: str, policy: Expression | None, scope: Scope) -> str:
    """The policy's word, '' where there is none or it is not known yet."""
    if policy is None:
        return ""
    value, _ = open_top(evaluate(policy, scope))
    if value is None or isinstance(value, Unknown):
        return ""
    word = _POLICIES.get(str(value).lower())
    if word is None:
        raise EvaluationError(
            BAD_POLICY_VALUE,
            f"the deletion policy of {name!r} is none of Delete, Retain and Snapshot",
            policy.span,
        )
    return word


def worked_out(expression: Expression | None, scope: Scope) -> list[Reference]:
    """The resources and attributes whose names functions work out, as far as they are known; the
    path ends before the first step that is not. What is secret is not among them: names are told
    to people."""
    found: list[Reference] = []
    for call in computing(expression):
        steps = _steps(call, scope)
        if steps:
            path = tuple(steps[1:2] if call.variant == 1 else steps[1:])
            kind = _TO_RESOURCES[call.function.points_to]
            found.append(Reference(kind, str(steps[0]), path, call.args[0].span))
    return found


def computing(expression: Expression | None) -> list[Call]:
    """The calls inside that name a resource, and leave a part of the name to other functions."""
    return [
        call
        for call in calls(expression)
        if call.function.points_to in _TO_RESOURCES
        and any(item.__class__ is not Literal for item in call.args)
    ]


def _steps(call: Call, scope: Scope) -> list[str | int]:
    steps: list[str | int] = []
    for argument in call.args:
        try:
            value = evaluate(argument, scope)
        except EvaluationError:
            break  # told where the call is evaluated
        if isinstance(value, bool) or not isinstance(value, str | int):
            break
        steps.append(value)
    return steps


def _decided(condition: Expression, scope: Scope) -> bool | Unknown:
    value, _ = open_top(evaluate(condition, scope))
    if isinstance(value, bool | Unknown):
        return value
    raise EvaluationError(
        NOT_TRUE_OR_FALSE,
        f"this condition is {kind_of(value)} and must be true or false",
        condition.span,
    )


class TemplateScope:
    """A scope over a template and its parameters in which nothing exists yet.

    Resources are `Unknown`; whoever knows them overrides `resource_id` and `attribute`.
    """

    def __init__(
        self,
        template: Template,
        parameters: Mapping[str, Value],
        *,
        files: Mapping[str, Value] | None = None,
        facade: Mapping[str, Value] | None = None,
        exports: Mapping[str, Value] | None = None,
    ) -> None:
        self.template = template
        self.parameters = parameters
        self.files = files or {}
        self.exports = exports or {}
        self.told: Mapping[tuple[str, str, str], Value] = {}
        """What the cloud told: by the parameter's type, its value, and the attribute."""
        self._facade = facade
        self._conditions: dict[str, Value] = {}
        self._deciding: list[str] = []

    def parameter(self, name: str) -> Value:
        if name in self.parameters:
            return self.parameters[name]
        return Unknown(name)

    def parameters_typed(self, written: str) -> list[str]:
        types = (written, f"List<{written}>")
        return [
            name
            for name, definition in self.template.parameters.items()
            if type_written(definition) in types
        ]

    def told_of(self, parameter: str, attribute: str) -> Value:
        definition = self.template.parameters.get(parameter)
        type = "" if definition is None else element_type(definition)
        value, _ = open_top(self.parameter(parameter))

        def one(item: Value) -> Value:
            item, _ = open_top(item)
            return self.told.get((type, str(item), attribute), Unknown(f"{parameter}.{attribute}"))

        if not isinstance(value, list):
            return one(value)
        found: list[Value] = []
        for item in value:
            told = one(item)
            found.extend(told if isinstance(told, list) else [told])
        return found

    def resource_id(self, name: str) -> Value:
        return Unknown(name)

    def attribute(self, name: str, attribute: str | None, path: tuple[Value, ...]) -> Value:
        return Unknown(f"{name}.{attribute}" if attribute else name)

    def condition(self, name: str) -> Value:
        """Decided when first asked for, then remembered."""
        if name in self._conditions:
            return self._conditions[name]
        definition = self.template.conditions.get(name)
        if definition is None or name in self._deciding:
            return Unknown("a mistake in the template")  # it is told where names are checked
        self._deciding.append(name)
        try:
            value = evaluate(definition.value, self)
            opened, sensitive = open_top(value)
            if not isinstance(opened, bool | Unknown):
                raise EvaluationError(
                    NOT_TRUE_OR_FALSE,
                    f"the condition {name!r} is {kind_of(opened)} and must be true or false",
                    definition.value.span,
                )
        finally:
            self._deciding.pop()
        self._conditions[name] = Sensitive(opened) if sensitive else opened
        return self._conditions[name]

    def zones(self) -> Value:
        return Unknown("the availability zones")

    def file(self, path: str) -> Value:
        if path in self.files:
            return self.files[path]
        raise Misuse(f"the file {path!r} did not come with the template", "add it to the files")

    def facade(self, key: str) -> Value:
        if self._facade is None:
            return Unknown(f"the parent's {key}")
        return self._facade.get(key)

    def mapping(self, name: str) -> Value:
        definition = self.template.mappings.get(name)
        if definition is None:
            raise Misuse(f"there is no mapping {name!r}")
        return definition.values

    def imported(self, name: str) -> Value:
        return self.exports.get(name, Unknown(f"export {name}"))


class NoScope:
    """The scope of constants: whoever asks it anything is not constant."""

    def parameter(self, name: str) -> Value:
        return Unknown(name)

    resource_id = condition = file = facade = mapping = imported = parameter

    def parameters_typed(self, written: str) -> Sequence[str]:
        return ()

    def told_of(self, parameter: str, attribute: str) -> Value:
        return Unknown(parameter)

    def zones(self) -> Value:
        return Unknown("the availability zones")

    def attribute(self, name: str, attribute: str | None, path: tuple[Value, ...]) -> Value:
        return Unknown(name)


NO_SCOPE = NoScope()
