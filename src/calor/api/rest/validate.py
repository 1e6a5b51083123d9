"""The handler that checks a template and says what its parameters are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from calor.api.rest.answers import answer
from calor.api.rest.bodies import wanted_of
from calor.api.rest.call import Call
from calor.api.rest.shapes import NO_DESCRIPTION
from calor.service.describe import described


async def validate(call: Call) -> Response:
    """Checks a template, an environment and files together; says what the parameters are."""
    checked = await call.service.check.validate(call.caller, wanted_of(await call.body()))
    nested = call.flag("show_nested")
    return answer(_with_default_text(described(checked.composition, nested=nested)))


def _with_default_text(body: Mapping[str, Any]) -> dict[str, Any]:
    return {**body, "Description": body["Description"] or NO_DESCRIPTION}
