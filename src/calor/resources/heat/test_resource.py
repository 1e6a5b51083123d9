"""OS::Heat::TestResource."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from calor.base.errors import ResourceFailed
from calor.base.values import Value
from calor.model.resource_type import Work
from calor.resources.base import Type
from calor.schema import FORMATS, Attributes, Properties, attribute, prop, since


class ActionWaits(Properties):
    create: float | None = prop(update=True, doc="Seconds that a create takes.")
    update: float | None = prop(update=True, doc="Seconds that an update takes.")
    delete: float | None = prop(update=True, doc="Seconds that a deletion takes.")


class TestResourceProperties(Properties):
    value: str = prop("test_string", update=True, doc="What the attribute `output` says.")
    fail: bool = prop(False, update=True, doc="Makes creates and updates fail.")
    update_replace: bool = prop(False, update=True, doc="Makes every update a replacement.")
    update_replace_value: str | None = prop(
        doc="A value that can't change in place.", support=since("7.0.0")
    )
    wait_secs: float = prop(0, update=True, doc="Seconds that each action takes.")
    action_wait_secs: ActionWaits | None = prop(
        update=True, doc="Seconds that single actions take, instead of `wait_secs`."
    )
    attr_wait_secs: float = prop(
        0, update=True, doc="Seconds that reading the attribute takes.", support=since("6.0.0")
    )
    constraint_prop_secs: Annotated[float, FORMATS["test_constr"]] = prop(
        0, update=True, doc="Seconds that Heat's check of this takes.", support=since("6.0.0")
    )
    client_name: str = prop("", update=True, doc="Client that Heat asks for the entity.")
    entity_name: str = prop("", update=True, doc="Sort of thing that Heat looks up.")


class TestResourceAttributes(Attributes):
    output: Any = attribute("The property `value`.")


class TestResource(Type):
    """Takes time and fails as it is told: for tests of templates and of the engine."""

    __test__ = False

    name = "OS::Heat::TestResource"
    Properties = TestResourceProperties
    Attributes = TestResourceAttributes
    support = since("5.0.0")

    async def ready(self, work: Work) -> None:
        if work.resource.action == "CREATE":
            await _act(work, "create")

    async def update(self, work: Work) -> None:
        await _act(work, "update")

    async def read(self, work: Work) -> Mapping[str, Value]:
        seconds = work.properties["attr_wait_secs"]
        if seconds > 0:
            await work.clock.sleep(seconds)
        return {"output": work.resource.properties.get("value")}

    async def gone(self, work: Work) -> None:
        await _wait(work, "delete")

    def forces_replacement(
        self, before: Mapping[str, Value], after: Mapping[str, Value], changed: Sequence[str]
    ) -> tuple[str, ...]:
        if after.get("update_replace") is True:
            return tuple(changed)
        return super().forces_replacement(before, after, changed)


async def _wait(work: Work, action: str) -> None:
    waits = work.properties.get("action_wait_secs") or {}
    seconds = waits.get(action, work.properties["wait_secs"])
    if seconds > 0:
        await work.clock.sleep(seconds)


async def _act(work: Work, action: str) -> None:
    await _wait(work, action)
    if work.properties["fail"]:
        raise ResourceFailed("it was told to fail; set its property 'fail' to false")


TYPE = TestResource()
