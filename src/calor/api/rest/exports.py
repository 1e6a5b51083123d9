"""Handlers about what stacks share: Calor's own, as Heat has no exports."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from calor.api.rest.answers import answer
from calor.api.rest.call import Call
from calor.model.exports import Export


async def index(call: Call) -> Response:
    """What the stacks of the project export, by name; secret values are hidden."""
    found = await call.service.exports.all(call.project)
    return answer({"exports": [_item(one) for one in found]})


async def show(call: Call) -> Response:
    """One export, with its value, and the stacks that import it."""
    export, importers = await call.service.exports.one(call.project, call.path("export_name"))
    imported_by = [{"stack_name": one.stack_name, "stack_id": one.stack_id} for one in importers]
    return answer({"export": {**_item(export), "imported_by": imported_by}})


def _item(export: Export) -> dict[str, Any]:
    return {
        "name": export.name,
        "value": export.value,
        "stack_name": export.stack_name,
        "stack_id": export.stack_id,
    }
