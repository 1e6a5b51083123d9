"""What a stack's input shares with other stacks, checked against what they export and import.

It asks the store only about inputs that export or import something. What somebody else does
meanwhile, the store itself refuses.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from calor.base.diagnostics import Diagnostic
from calor.base.values import is_known, reveal
from calor.model.exports import Export, Import, Reservation, importable
from calor.model.plan import Plan
from calor.model.ports import Reads
from calor.model.resource import Resource
from calor.model.stack import Stack
from calor.planning.composition import Composition
from calor.planning.exports import HELD, Offered, foreseen, tree

Held: TypeAlias = tuple[Export, Sequence[Import]]
"""An export, with those that import it."""


async def offered(
    reads: Reads, project_id: str, composition: Composition, root_id: str | None
) -> Offered | None:
    """What the project has for all that a composition shares; None when it shares nothing."""
    exports = [name for one in tree(composition) for name in one.exports]
    imports = [name for one in tree(composition) for name in one.imports]
    if not exports and not imports:
        return None
    found = await reads.exports(project_id, list(dict.fromkeys([*exports, *imports])))
    held = [one.name for one in found if not one.ready and one.name in imports]
    holding = await reads.imports(project_id, held) if held else []
    return Offered(
        values=importable(found, holding, root_id),
        coming=tuple(exports),
        taken={one.name: one.stack_name for one in found if one.root_id != root_id},
    )


def reservation(project_id: str, stack_id: str, composition: Composition) -> Reservation:
    """The names that a root stack needs before anything of it is made."""
    return Reservation(project_id, stack_id, tuple(composition.exports), composition.imports)


async def held_by_others(
    reads: Reads, stack: Stack, before: Composition, after: Composition
) -> list[Held]:
    """The exports of a stack, by what it was before or will be, that other stacks import."""
    names = list(dict.fromkeys([*before.exports, *after.exports]))
    if not names:
        return []
    project = stack.owner.project_id
    importers: dict[str, list[Import]] = {}
    for one in await reads.imports(project, names):
        if one.stack_id != stack.id:
            importers.setdefault(one.name, []).append(one)
    if not importers:
        return []
    exports = await reads.exports(project, list(importers))
    return [(one, importers[one.name]) for one in exports if one.stack_id == stack.id]


def hurt(
    held: Sequence[Held], composition: Composition, rows: Sequence[Resource], plan: Plan
) -> list[Diagnostic]:
    """One problem for each export that others import and that would go or change its value."""
    values = foreseen(composition, rows, plan)
    outputs = composition.template.outputs if composition.template is not None else {}
    found = []
    for export, importers in held:
        names = ", ".join(repr(one.stack_name) for one in importers)
        who = f"the stack {names} imports" if len(importers) == 1 else f"the stacks {names} import"
        hint = "take the import out of what uses it first"
        if export.name not in composition.exports:
            message = f"the export {export.name!r} can't be removed: {who} it"
            found.append(Diagnostic(HELD, message, None, ("outputs",), hint))
            continue
        output = composition.exports[export.name]
        value = values.get(export.name)
        if export.name in values and is_known(value) and reveal(value) != reveal(export.value):
            message = f"the export {export.name!r} can't be changed: {who} it"
            path = ("outputs", output)
            found.append(Diagnostic(HELD, message, outputs[output].value.span, path, hint))
    return found
