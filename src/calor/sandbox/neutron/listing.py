"""Neutron's lists: filters, fields, sorting and pages.

It knows no kind of thing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from calor.sandbox.call import Call, Refusal
from calor.sandbox.neutron.rules import bad, bad_request
from calor.sandbox.table import Row, Table
from calor.sandbox.world import World

PAGING = ("limit", "marker", "page_reverse", "sort_key", "sort_dir", "fields")
TAG_FILTERS = ("tags", "tags-any", "not-tags", "not-tags-any")

Special = dict[str, Callable[[World, Row, str], bool]]


def listing(
    world: World,
    call: Call,
    *,
    name: str,
    table: Table,
    known: list[str],
    special: Special,
    visible: Callable[[Row], bool],
    view: Callable[[Row], Row],
) -> dict[str, Any]:
    """The body of a list, with links to the other pages when a limit was asked for."""
    filters = _filters(call, known)
    plain = [(key, values) for key, values in filters if key not in special]
    rows = [
        row
        for row in table.narrowed(plain)
        if _matches(world, row, filters, special) and visible(row)
    ]
    rows = _sorted(call, rows)
    page, links = _page(world, call, f"{world.base_url}/network{call.path}", rows)
    wanted = call.options("fields")
    views = [view(row) for row in page]
    if wanted:
        views = [{key: item[key] for key in wanted if key in item} for item in views]
    return {name: views, f"{name}_links": links} if links else {name: views}


def _filters(call: Call, known: list[str]) -> list[tuple[str, list[str]]]:
    found: dict[str, list[str]] = {}
    for key, value in call.query:
        if key not in PAGING:
            found.setdefault("project_id" if key == "tenant_id" else key, []).append(value)
    unknown = [key for key in found if key not in known and key not in TAG_FILTERS]
    if unknown:
        raise bad(f"{unknown} is invalid attribute for filtering")
    return list(found.items())


def _matches(
    world: World, row: Row, filters: list[tuple[str, list[str]]], special: Special
) -> bool:
    for key, values in filters:
        if key in special:
            if not any(special[key](world, row, value) for value in values):
                return False
        elif key in TAG_FILTERS:
            if not _tagged(row.get("tags") or [], key, values):
                return False
        elif not _equal(row.get(key), values):
            return False
    return True


def _equal(value: Any, wanted: list[str]) -> bool:
    if isinstance(value, bool):
        return any((text.lower() in ("true", "1")) is value for text in wanted)
    if isinstance(value, list):
        return any(text in value for text in wanted)
    return ("" if value is None else str(value)) in wanted


def _tagged(tags: list[str], key: str, values: list[str]) -> bool:
    wanted = [tag for value in values for tag in value.split(",")]
    every = all(tag in tags for tag in wanted)
    some = any(tag in tags for tag in wanted)
    return {"tags": every, "tags-any": some, "not-tags": not every, "not-tags-any": not some}[key]


def _sorted(call: Call, rows: list[Row]) -> list[Row]:
    keys, directions = call.options("sort_key"), call.options("sort_dir")
    if len(keys) != len(directions):
        raise bad("The number of sort_keys and sort_dirs must be same")
    rows = sorted(rows, key=lambda row: str(row["id"]))
    for key, direction in reversed(list(zip(keys, directions, strict=True))):
        if direction not in ("asc", "desc"):
            raise bad(f"sort_dirs must be asc or desc, not {direction}")
        rows.sort(key=lambda row: _sort_value(row.get(key)), reverse=direction == "desc")
    return rows


def _sort_value(value: Any) -> tuple[int, Any]:
    if value is None:
        return (0, "")
    return (1, str(value)) if not isinstance(value, int) else (1, f"{value:020d}")


def _limit(world: World, call: Call) -> int:
    text = call.option("limit")
    most = world.settings.network_page_limit
    if not text:
        return most
    if not text.isdigit():
        raise bad_request("limit", f"Limit must be an integer 0 or greater and not '{text}'")
    wanted = int(text)
    return min(wanted, most) if most and wanted else wanted or most


def _page(
    world: World, call: Call, url: str, rows: list[Row]
) -> tuple[list[Row], list[dict[str, str]]]:
    limit = _limit(world, call)
    reverse = call.option("page_reverse").lower() in ("true", "1")
    marker = call.option("marker")
    if marker:
        at = next((at for at, row in enumerate(rows) if row["id"] == marker), None)
        if at is None:
            raise Refusal(400, f"Invalid marker: {marker} could not be found.", "BadRequest")
        rows = rows[:at] if reverse else rows[at + 1 :]
    if not limit:
        return rows, []
    page = rows[-limit:] if reverse else rows[:limit]
    if not page:
        return [], []
    links = []
    short = len(page) < limit
    if reverse or not short:
        links.append(_link(call, url, "next", page[-1]["id"]))
    if not (reverse and short):
        links.append(_link(call, url, "previous", page[0]["id"]))
    return page, links


def _link(call: Call, url: str, rel: str, marker: str) -> dict[str, str]:
    query = [(key, value) for key, value in call.query if key not in ("marker", "page_reverse")]
    query.append(("marker", marker))
    if rel == "previous":
        query.append(("page_reverse", "True"))
    return {"rel": rel, "href": f"{url}?{urlencode(query)}"}
