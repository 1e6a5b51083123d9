"""Cinder's lists: filters, sorting, pages.

It knows no kind of thing.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from calor.base.wire import Response
from calor.sandbox.call import Call, Refusal, reply
from calor.sandbox.table import Row
from calor.sandbox.world import World

PAGING = ("limit", "marker", "offset", "sort", "sort_key", "sort_dir", "all_tenants", "with_count")


def _accepts(row: Row, key: str, value: str) -> bool:
    if key == "metadata":
        pairs = [part.partition(":") for part in value.strip("{}").split(",")]
        wanted = {pair[0].strip(" '\""): pair[2].strip(" '\"") for pair in pairs}
        return all(row["metadata"].get(name) == text for name, text in wanted.items())
    name, like = (key[:-1], True) if key.endswith("~") else (key, False)
    have = row.get("name" if name == "display_name" else name)
    text = str(have).lower() if isinstance(have, bool) else str(have)
    if isinstance(have, bool):
        value = value.lower()
    return value in text if like else text == value


def _sorted(call: Call, rows: list[Row]) -> list[Row]:
    keys, directions = [], []
    for part in filter(None, call.option("sort").split(",")):
        name, _, direction = part.partition(":")
        keys.append(name)
        directions.append(direction or "desc")
    if call.option("sort_key"):
        keys, directions = [call.option("sort_key")], [call.option("sort_dir") or "desc"]
    rows = sorted(rows, key=lambda row: (row["created_at"], row["id"]), reverse=True)
    for name, direction in reversed(list(zip(keys, directions, strict=True))):
        rows.sort(key=lambda row: str(row.get(name) or ""), reverse=direction == "desc")
    return rows


def paged(
    world: World,
    call: Call,
    *,
    name: str,
    label: str,
    rows: list[Row],
    filters: tuple[str, ...],
    view: Callable[[Row], Row],
) -> Response:
    """A page of rows. Since 3.31 an unknown filter is an error, before it is ignored."""
    unknown = [key for key, _ in call.query if key.rstrip("~") not in (*filters, *PAGING)]
    if unknown and call.version >= (3, 31) and not call.actor.is_admin:
        raise Refusal(400, f"Invalid filters {','.join(unknown)} are found in query options.")
    for key, value in call.query:
        if key.rstrip("~") in filters:
            rows = [row for row in rows if _accepts(row, key, value)]
    rows = _sorted(call, rows)
    count = len(rows)
    marker = call.option("marker")
    if marker:
        at = next((at for at, row in enumerate(rows) if row["id"] == marker), None)
        if at is None:
            raise Refusal(404, f"{label} {marker} could not be found.")
        rows = rows[at + 1 :]
    limit = _limit(world, call)
    page = rows[:limit]
    body: Row = {name: [view(row) for row in page]}
    if page and len(page) == limit and (call.option("limit") or len(rows) > limit):
        query = [(key, value) for key, value in call.query if key != "marker"]
        query.append(("marker", page[-1]["id"]))
        href = f"{world.base_url}/volume{call.path}?{urlencode(query)}"
        body[f"{name}_links"] = [{"rel": "next", "href": href}]
    if call.version >= (3, 45) and call.option("with_count").lower() in ("true", "1"):
        body["count"] = count
    return reply(200, body)


def _limit(world: World, call: Call) -> int:
    text = call.option("limit")
    if text and not text.isdigit():
        raise Refusal(400, "limit param must be an integer")
    return min(int(text) if text else world.settings.page_limit, world.settings.page_limit)
