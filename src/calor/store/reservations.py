"""What may become of the names that stacks share: reserved, settled, given back, withdrawn.

A name is one stack's alone in its project. What others import neither goes nor changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from calor.base.errors import ExportConflict
from calor.base.values import Value, reveal
from calor.model.exports import Reservation, Shared
from calor.store import schema
from calor.store.group import Group
from calor.store.sharing import Key, Offer


def reserve(group: Group, stack_id: str, wanted: Reservation) -> None:
    """An operation begins: its names are the stack's from now on, what it imports stays, and what
    it will not export any more is not imported by anybody new. Raises ExportConflict, and then
    nothing has changed. A stack that is not there yet has no names."""
    state = group.stacks.get(stack_id)
    shares = state is not None and state.shares
    if wanted.empty and not shares:
        return
    sharing = group.sharing
    own = sharing.of_stack(stack_id) if shares else {}
    exports = [(wanted.project_id, name) for name in wanted.exports]
    imports = [(wanted.project_id, name) for name in wanted.imports]
    offers = sharing.offers([*exports, *imports])
    for key in exports:
        offer = offers[key]
        if offer is not None and offer.stack_id != stack_id:
            raise ExportConflict(
                f"The export {key[1]!r} is that of the stack {_name(group, offer.stack_id)!r}.",
                "choose another name: it is one stack's alone in its project",
            )
    going = [key for key in own if key not in exports]
    _refuse_held(group, [key for key in going if own[key].body is not None], stack_id, "removed")
    importers = sharing.importers(imports)
    for key in imports:
        offer = offers[key]
        if stack_id not in importers[key] and (offer is None or not offer.ready):
            raise ExportConflict(
                f"No stack of this project exports {key[1]!r}.", "deploy the exporting stack first"
            )
    for key in going:
        if own[key].body is None:
            sharing.drop(key)
        else:
            sharing.leave(key, own[key])
    for key in exports:
        sharing.put(key, _staying(offers[key], stack_id))
    for key in imports:
        sharing.hold(key, stack_id)
    for known in (stack_id, wanted.root_id):
        if known in group.stacks and not group.stacks[known].shares:
            group.stacks[known].shares = True
            group.change_stack(known, {"shares": True})


def settle(group: Group, stack_id: str, shared: Shared) -> None:
    """An operation was reached whole: this is what the stack exports and imports now. Raises
    ExportConflict for what others import and what would go or change."""
    sharing = group.sharing
    own = sharing.of_stack(stack_id)
    going = [key for key in own if key[1] not in shared.exports]
    staying = [key for key in own if key[1] in shared.exports]
    _refuse_held(group, [key for key in going if own[key].body is not None], stack_id, "removed")
    changing = [
        key
        for key in staying
        if own[key].body is not None and not _says(group, own[key], shared.exports[key[1]])
    ]
    _refuse_held(group, changing, stack_id, "changed")
    for key in going:
        sharing.drop(key)
    for key in staying:
        sharing.put_value(key, stack_id, shared.exports[key[1]])
    for key in sharing.imported_by(stack_id):
        if key[1] not in shared.imports:
            sharing.let_go(key, stack_id)


def give_back(group: Group, stack_id: str, left: Shared | None) -> None:
    """An operation failed: the stack exports what it did before, where that is still so. `left` are
    the values that its exports have now; None when nothing was touched. One that others import
    keeps its value, for them alone. What the stack imports stays: things of before and after may
    use it."""
    sharing = group.sharing
    own = sharing.of_stack(stack_id)
    importers = sharing.importers(list(own))
    for key, offer in own.items():
        if offer.body is None:
            sharing.drop(key)
        elif left is None:
            sharing.put(key, replace(offer, leaving=False))
        elif key[1] not in left.exports:
            sharing.put(key, replace(offer, leaving=False, stale=True))
        elif _says(group, offer, left.exports[key[1]]):
            sharing.put(key, replace(offer, leaving=False, stale=False))
        elif any(one != stack_id for one in importers[key]):
            sharing.put(key, replace(offer, leaving=False, stale=True))
        else:
            sharing.put_value(key, stack_id, left.exports[key[1]])


def withdraw(group: Group, stack_id: str, *, inside: bool) -> None:
    """A stack is to be deleted: what it and, with `inside`, the stacks inside it export is not
    imported by anybody new. Raises ExportConflict for what others import."""
    sharing = group.sharing
    stacks = _tree(group, stack_id) if inside else [stack_id]
    offers = {key: offer for one in stacks for key, offer in sharing.of_stack(one).items()}
    held = [key for key, offer in offers.items() if offer.body is not None]
    _refuse_held(group, held, stack_id, "deleted", among=stacks)
    for key, offer in offers.items():
        sharing.leave(key, offer)


# --- helpers --------------------------------------------------------------------------------


def _staying(offer: Offer | None, stack_id: str) -> Offer:
    return Offer(stack_id) if offer is None else replace(offer, leaving=False)


def _says(group: Group, offer: Offer, value: Value) -> bool:
    return bool(reveal(group.sharing.value(offer)) == reveal(value))


def _refuse_held(
    group: Group, keys: Sequence[Key], stack_id: str, verb: str, *, among: Sequence[str] = ()
) -> None:
    """Raises for the first of some exports that stacks import which are neither `stack_id` nor
    `among` the others."""
    importers = group.sharing.importers(keys)
    for key in keys:
        others = [one for one in importers[key] if one != stack_id and one not in among]
        if others:
            raise held(key[1], [_name(group, one) for one in others], verb)


def held(name: str, importers: Sequence[str], verb: str) -> ExportConflict:
    """The refusal to remove, change or delete what others import."""
    names = ", ".join(repr(one) for one in sorted(importers))
    who = f"the stack {names} imports" if len(importers) == 1 else f"the stacks {names} import"
    return ExportConflict(
        f"The export {name!r} can't be {verb}: {who} it.",
        "take the import out of what uses it first",
    )


def _name(group: Group, stack_id: str) -> str:
    for (_, name), known in group.names.items():
        if known == stack_id:
            return name
    rows = group.sql.select(
        group.connection, schema.stacks, ("name",), where="id", values=[stack_id]
    )
    return str(rows[0][0]) if rows else stack_id


def _tree(group: Group, root_id: str) -> list[str]:
    """The stack, and those inside it that export or import anything."""
    found = group.sql.run(
        group.connection,
        "SELECT id FROM stacks WHERE root_id = ? AND shares = ? AND deleted_at IS NULL ORDER BY id",
        (root_id, True),
    ).fetchall()
    return [row[0] for row in found]
