"""The names that a stack shares with the others of its project, and whether it may have them.

Pure: what others export is given. Codes R163, R165 to R167.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from calor.base.diagnostics import Diagnostics, Rule
from calor.base.values import Unknown, Value
from calor.model.plan import Plan, Verb
from calor.model.resource import Resource
from calor.planning.composition import Composition, Part
from calor.planning.evaluate import Evaluator
from calor.planning.identity import Identity
from calor.template.definitions import OutputDef, Template
from calor.template.evaluation import Scope, is_enabled
from calor.template.expressions import Call, EvaluationError, Expression, references
from calor.template.marks import kind_of
from calor.template.sharing import imports_in, known, may_import

LONGEST = 255

NO_EXPORT = Rule(
    "R163",
    "no such export",
    "The template imports a value under a name that no stack of the project exports now."
    " `calor export list` shows what there is. A stack exports its values once it is complete.",
)
BAD_NAME = Rule(
    "R165",
    "bad name of an export",
    "The name of an export is a text of 1 to 255 characters that can be seen, without blanks at its"
    " ends; and a template, with all that nests in it, exports a name once.",
)
TAKEN = Rule(
    "R166",
    "the export is another stack's",
    "The name of an export is one stack's alone in its project, and another stack has it."
    " Choose another name, for instance with the name of the stack in it.",
)
HELD = Rule(
    "R167",
    "other stacks import the export",
    "An export that other stacks import can't be removed, and its value can't change. Take the"
    " import out of these stacks first.",
)
_OWN_NAMES = ("AWS::StackName", "AWS::StackId")


@dataclass(frozen=True, slots=True)
class Offered:
    """What can be imported: `values` by name. `coming` are names that stacks inside the same root
    will export, in time for those that are made after them. `taken` are names of others, with the
    stack that each belongs to."""

    values: Mapping[str, Value] = field(default_factory=dict)
    coming: tuple[str, ...] = ()
    taken: Mapping[str, str] = field(default_factory=dict)


class SharedNames:
    """Finds the names of one template; what is wrong with them is told. Without `offered` nobody
    knows yet what others export, and nothing is said of that."""

    def __init__(
        self,
        template: Template,
        scope: Scope,
        identity: Identity,
        offered: Offered | None,
        diagnostics: Diagnostics,
    ) -> None:
        self._template = template
        self._scope = scope
        self._identity = identity
        self._offered = offered
        self._diagnostics = diagnostics

    def exports(self) -> dict[str, str]:
        """The output of each name, of the outputs whose condition holds."""
        found: dict[str, OutputDef] = {}
        for output in self._template.outputs.values():
            if output.export is None or not self._enabled(output):
                continue
            name = self._name(output, output.export)
            if name is None:
                continue
            if name in found:
                self._diagnostics.add(
                    BAD_NAME,
                    f"the output {found[name].name!r} has the export {name!r} already",
                    output.export.span,
                    path=("outputs", output.name),
                    related=((found[name].span, "the first one"),),
                )
                continue
            found[name] = output
            if self._offered is not None and name in self._offered.taken:
                self._diagnostics.add(
                    TAKEN,
                    f"the export {name!r} is that of the stack {self._offered.taken[name]!r}",
                    output.export.span,
                    path=("outputs", output.name),
                    hint="choose another name",
                )
        return {name: output.name for name, output in found.items()}

    def imports(self, parts: Mapping[str, Part]) -> tuple[str, ...]:
        """The names that its enabled parts import."""
        if not may_import(self._template):
            return ()
        found: dict[str, None] = {}
        for path, expression in self._used(parts):
            for call, name in imports_in(expression, self._scope):
                found[name] = None
                self._check_offered(call, name, path)
        return tuple(found)

    def _used(self, parts: Mapping[str, Part]) -> Iterator[tuple[tuple[str, ...], Expression]]:
        for name in parts:
            for expression in self._template.resources[name].expressions():
                yield ("resources", name), expression
        for output in self._template.outputs.values():
            if self._enabled(output):
                yield ("outputs", output.name), output.value

    def _check_offered(self, call: Call, name: str, path: tuple[str, ...]) -> None:
        offered = self._offered
        if offered is None or name in offered.values:
            return
        if name in offered.coming and self._identity.depth:
            return
        self._diagnostics.add(
            NO_EXPORT,
            f"no stack of this project exports {name!r}",
            call.name_span,
            path=path,
            hint="deploy the exporting stack first; `calor export list` shows what there is",
        )

    def _enabled(self, output: OutputDef) -> bool:
        try:
            return is_enabled(output, self._scope) is not False
        except EvaluationError:
            return False  # told where the condition stands

    def _name(self, output: OutputDef, export: Expression) -> str | None:
        """The name, where it is known. How a nested stack is called is known once it is there."""
        unnamed = self._identity.depth > 0 and self._identity.stack_id is None
        if unnamed and any(item.name in _OWN_NAMES for item in references(export)):
            return None
        name = known(export, self._scope)
        if isinstance(name, Unknown):
            return None
        wrong = ""
        if not isinstance(name, str):
            wrong = f"the name of an export must be a text, not {kind_of(name)}"
        elif not 0 < len(name) <= LONGEST:
            wrong = f"the name of an export has 1 to {LONGEST} characters, not {len(name)}"
        elif not name.isprintable() or name != name.strip():
            wrong = "the name of an export has a blank at an end, or a character that can't be seen"
        if wrong:
            self._diagnostics.add(BAD_NAME, wrong, export.span, path=("outputs", output.name))
            return None
        return str(name)


def check_inside(
    template: Template,
    own: Mapping[str, str],
    children: Mapping[str, Composition],
    diagnostics: Diagnostics,
) -> None:
    """One diagnostic for each name that the stacks inside several resources export, or one and
    the template itself; `own` are the outputs of its names."""
    seen = dict(own)
    for resource, child in children.items():
        for name in dict.fromkeys(name for one in tree(child) for name in one.exports):
            first = seen.setdefault(name, resource)
            if name in own or first != resource:
                who = f"the output {first!r}" if name in own else f"the stack inside {first!r}"
                diagnostics.add(
                    BAD_NAME,
                    f"{who} has the export {name!r} already",
                    template.resources[resource].type_span,
                    path=("resources", resource),
                    hint="give the template a parameter for the name",
                )


def tree(composition: Composition) -> Iterator[Composition]:
    """A composition and those of the stacks inside it."""
    yield composition
    for child in composition.children.values():
        yield from tree(child)


def foreseen(composition: Composition, rows: Sequence[Resource], plan: Plan) -> dict[str, Value]:
    """What the exports of a stack will be once a plan is carried out, as far as that is known."""
    by_id = {row.id: row for row in rows}
    current: dict[str, Resource] = {}
    evaluator = Evaluator(composition, current)
    for change in plan.changes:
        if change.decision.verb in (Verb.KEEP, Verb.UPDATE) and change.row_id in by_id:
            current[change.name] = by_id[change.row_id]
            if change.decision.verb is Verb.UPDATE:
                evaluator.changing(change.name, [one.name for one in change.decision.changes])
    values = {one.name: one.value for one in evaluator.outputs() if not one.error}
    return {
        name: values[output] for name, output in composition.exports.items() if output in values
    }
