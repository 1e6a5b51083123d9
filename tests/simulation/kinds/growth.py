"""Drafts drawn by chance, and changed."""

from __future__ import annotations

from simulation.draft import Draft
from simulation.kinds.drawing import Drawer

SMALLEST, LARGEST = 5, 30


def draw(d: Drawer, *, size: int, must: tuple[str, ...] = ()) -> Draft:
    """A draft of about `size` resources, most of them of the cloud, with the kinds it must have."""
    draft = Draft()
    for kind in must:
        d.kinds[kind].make(d, draft)
    while draft.size() < size:
        _grow(d, draft)
    return draft


def _grow(d: Drawer, draft: Draft, kinds: tuple[str, ...] = ()) -> None:
    names = [name for name in kinds or d.kinds if d.admin or not d.kinds[name].admin]
    pure = sum(not d.kinds[item.kind].cloud for item in draft.items.values())
    if pure * 3 >= len(draft.items):
        names = [name for name in names if d.kinds[name].cloud]
    d.kinds[d.chance.choices(names, [d.kinds[name].weight for name in names])[0]].make(d, draft)


def revise(
    d: Drawer, draft: Draft, *, must: tuple[str, ...] = (), kinds: tuple[str, ...] = ()
) -> bool:
    """Changes a draft a little: in place, by replacement, by adding (of `kinds`), by taking away.
    Of the kinds in `must` one item each is replaced. Tells whether anything changed."""
    before = (draft.template(), dict(draft.files))
    for kind in must:
        for item in draft.of(kind):
            if d.kinds[kind].replace(d, draft, item):
                break
    for _ in range(d.chance.randrange(1, 5)):
        what = d.chance.random()
        item = d.chance.choice(list(draft.items.values()))
        recipe = d.kinds[item.kind]
        if what < 0.4:
            recipe.tweak(d, draft, item)
        elif what < 0.65:
            recipe.replace(d, draft, item)
        elif what < 0.85 and draft.size() < LARGEST - 8:
            _grow(d, draft, kinds)
        elif len(draft.items) - len(draft.users(item.name)) > 3:
            draft.remove(item.name)
    return (draft.template(), dict(draft.files)) != before
