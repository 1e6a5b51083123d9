"""What Neutron's types have in common: tags, value_specs, agents, and words for their states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from calor.base.values import Value
from calor.model.cloud import Collection
from calor.model.resource_type import Work
from calor.resources.pace import unless_missing
from calor.resources.rest import RestType, Thing, known_before
from calor.resources.wire import Body, matches
from calor.schema import Problem, ProblemKind, Properties

NETWORKS = Collection("network", "/v2.0/networks", "network", "networks", bulk=True, id_filter="id")
SUBNETS = Collection(
    "network",
    "/v2.0/subnets",
    "subnet",
    "subnets",
    bulk=True,
    id_filter="id",
    part_of="network_id",
)
PORTS = Collection("network", "/v2.0/ports", "port", "ports", bulk=True, id_filter="id")
ROUTERS = Collection("network", "/v2.0/routers", "router", "routers", id_filter="id")
FLOATING_IPS = Collection(
    "network", "/v2.0/floatingips", "floatingip", "floatingips", id_filter="id"
)
SECURITY_GROUPS = Collection(
    "network",
    "/v2.0/security-groups",
    "security_group",
    "security_groups",
    bulk=True,
    id_filter="id",
)
SECURITY_GROUP_RULES = Collection(
    "network",
    "/v2.0/security-group-rules",
    "security_group_rule",
    "security_group_rules",
    bulk=True,
    id_filter="id",
)


class NeutronProperties(Properties):
    """The base of properties with `value_specs`."""

    @classmethod
    def rule(cls, values: Mapping[str, Value]) -> list[Problem]:
        specs = values.get("value_specs")
        if not isinstance(specs, dict):
            return []
        banned = [key for key in specs if key in (*cls.schema.properties, "shared", "tenant_id")]
        message = "has a property of its own and can't be given in value_specs"
        return [
            Problem(("value_specs", key), ProblemKind.CONFLICT, f"{key!r} {message}")
            for key in banned
        ]


class NeutronType(RestType):
    """A thing whose name is not ours carries our physical name as its description, where the
    template has no say in that: so two alike that were lost at once are told apart."""

    ready_words: ClassVar[tuple[str, ...]] = ("ACTIVE", "DOWN")

    def shape(self, body: Body, work: Work) -> None:
        body.update(work.properties.get("value_specs") or {})

    def signed(self, work: Work) -> Body:
        body = super().signed(work)
        ours = work.resource.physical_name
        if body.get("name") != ours and "description" not in self.schema.properties:
            body.setdefault("description", ours)
        return body

    async def shape_update(self, body: Body, work: Work, thing: Thing) -> None:
        spec = self.schema.properties.get("value_specs")
        if spec is not None and spec.update:
            for key, value in (work.properties.get("value_specs") or {}).items():
                if not matches(value, thing.get(key)):
                    body[key] = value

    async def finish(self, work: Work) -> None:
        tags = work.properties.get("tags")
        if tags:
            await self.put_tags(work, tags, await self.show(work))

    async def change(self, work: Work, thing: Thing) -> None:
        before = known_before(work)
        if (before is None or before.get("tags")) and not work.properties.get("tags"):
            await self.put_tags(work, [], thing)

    async def put_tags(self, work: Work, tags: Sequence[Any], thing: Thing) -> None:
        if "tags" not in self.schema.properties or sorted(tags) == sorted(thing.get("tags") or []):
            return
        path = f"{self.collection.path}/{work.id}/tags"
        await work.cloud.call("PUT", "network", path, body={"tags": list(tags)})


async def move_agents(
    work: Work, *, wanted: Sequence[str], listed_at: str, plural: str, body: Mapping[str, str]
) -> None:
    """Makes the agents that serve a network or router those that are wanted.

    `listed_at` is the path that lists them; `plural` the path below an agent, and `body` what is
    posted there; its one value is the id that a DELETE ends with.
    """
    answer = await work.cloud.call("GET", "network", listed_at)
    present = [agent["id"] for agent in answer.body.get("agents", [])]
    (served,) = body.values()
    for agent in [agent for agent in present if agent not in wanted]:
        path = f"/v2.0/agents/{agent}/{plural}/{served}"
        await unless_missing(work.cloud.call("DELETE", "network", path))
    for agent in [agent for agent in wanted if agent not in present]:
        await work.cloud.call(
            "POST", "network", f"/v2.0/agents/{agent}/{plural}", body=dict(body), safe=True
        )
