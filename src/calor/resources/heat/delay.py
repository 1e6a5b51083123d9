"""OS::Heat::Delay."""

from __future__ import annotations

from typing import Annotated, Any

from calor.model.resource_type import Work
from calor.resources.base import Type
from calor.schema import AllowedValues, Properties, Range, prop, since


class DelayProperties(Properties):
    min_wait: Annotated[float, Range(min=0)] = prop(
        0, update=True, doc="Least time to wait, in seconds."
    )
    max_jitter: Annotated[float, Range(min=0)] = prop(
        0, update=True, doc="Most time to wait beyond that, drawn at random."
    )
    jitter_multiplier: Annotated[float, Range(min=0)] = prop(
        1.0, update=True, doc="Factor of the random part, in seconds."
    )
    actions: Annotated[list[Any], AllowedValues("CREATE", "DELETE", "SUSPEND", "RESUME")] = prop(
        ["CREATE"], update=True, doc="When to wait."
    )


class Delay(Type):
    """Waits, so that what depends on it comes a little later."""

    name = "OS::Heat::Delay"
    Properties = DelayProperties
    support = since("11.0.0")

    async def ready(self, work: Work) -> None:
        if work.resource.action == "CREATE":
            await _wait(work, "CREATE")

    async def gone(self, work: Work) -> None:
        await _wait(work, "DELETE")


async def _wait(work: Work, action: str) -> None:
    properties = work.properties
    if action not in properties["actions"]:
        return
    jitter = properties["max_jitter"] * properties["jitter_multiplier"]
    seconds = properties["min_wait"] + (work.ids.uniform(0, jitter) if jitter else 0)
    if seconds > 0:
        await work.clock.sleep(seconds)


TYPE = Delay()
