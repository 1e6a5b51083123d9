"""OS::Nova::KeyPair."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from calor.base.errors import ResourceFailed
from calor.base.values import Sensitive, Value
from calor.model.cloud import Collection
from calor.model.plan import Order
from calor.model.resource_type import Made, Work
from calor.resources.base import Type
from calor.resources.identity import Thing, is_new
from calor.resources.pace import unless_missing
from calor.resources.wire import Body
from calor.schema import (
    AllowedValues,
    Attributes,
    Length,
    Lookup,
    Properties,
    attribute,
    prop,
    since,
)

KEY_PAIRS = Collection("compute", "/os-keypairs", "keypair", "keypairs", microversion="2.35")


class KeyPairProperties(Properties):
    name: Annotated[str, Length(min=1, max=255)] = prop(
        required=True, doc="Name of the key pair; a user has it once."
    )
    save_private_key: bool = prop(
        False, doc="Whether the private key that Nova makes is kept, as an attribute."
    )
    public_key: str | None = prop(doc="The public key; without it Nova makes a pair.")
    type: Annotated[str | None, AllowedValues("ssh", "x509")] = prop(
        doc="Sort of key.", support=since("8.0.0")
    )
    user: Annotated[str | None, Lookup("keystone.user")] = prop(
        doc="User who gets it, by name or id; only admins can give one away.",
        support=since("9.0.0"),
    )


class KeyPairAttributes(Attributes):
    public_key: str = attribute("The public key.")
    private_key: str = attribute(
        "The private key, if it was to be kept; else empty.", wire="", sensitive=True
    )


class KeyPair(Type):
    """A key pair, with which users log in to servers. Its id is its name."""

    name = "OS::Nova::KeyPair"
    Properties = KeyPairProperties
    Attributes = KeyPairAttributes
    support = since("2014.1")
    calls_cloud = True

    def replacement_order(self, before: Mapping[str, Value], after: Mapping[str, Value]) -> Order:
        same = before.get("name") == after.get("name") and before.get("user") == after.get("user")
        return Order.OLD_FIRST if same else Order.NEW_FIRST

    def foretold(self, properties: Mapping[str, Value]) -> Value:
        return properties.get("name")

    async def create(self, work: Work) -> Made:
        properties = work.properties
        body: Body = {"name": properties["name"]}
        for name, key in (("public_key", "public_key"), ("type", "type"), ("user", "user_id")):
            if properties.get(name) is not None:
                body[key] = properties[name]
        thing = await work.cloud.create(KEY_PAIRS, body)
        private_key = thing.get("private_key") if properties.get("save_private_key") else None
        return Made(
            str(thing["name"]), {"private_key": Sensitive(private_key)} if private_key else {}
        )

    async def find(self, work: Work) -> list[Made]:
        # The name is a natural key: were it taken, the create would have been refused.
        name = str(work.properties["name"])
        thing = await self._show(work, name)
        if thing is None or not is_new(thing, "created_at", work):
            return []
        wanted = work.properties.get("public_key")
        if wanted is not None:
            return [Made(name, {})] if thing.get("public_key") == wanted else []
        if not work.properties.get("save_private_key"):
            return [Made(name, {})]
        # Nobody will see its private key again, so the pair is of no use.
        await self._delete(work, name)
        return []

    async def read(self, work: Work) -> Mapping[str, Value]:
        thing = await self._existing(work)
        return {
            "public_key": thing.get("public_key"),
            "private_key": work.resource.data.get("private_key", ""),
        }

    async def check(self, work: Work) -> None:
        await self._existing(work)

    async def live(self, work: Work, name: str) -> Value:
        if name == "show":
            return await self._existing(work)
        return await super().live(work, name)

    async def delete(self, work: Work) -> None:
        await self._delete(work, work.id)

    async def _existing(self, work: Work) -> Thing:
        thing = await self._show(work, work.id)
        if thing is None:
            raise ResourceFailed("it is not there any more; somebody else may have deleted it")
        return thing

    async def _show(self, work: Work, name: str) -> Thing | None:
        answer = await unless_missing(
            work.cloud.call(
                "GET",
                "compute",
                f"{KEY_PAIRS.path}/{name}",
                query=_user(work),
                microversion=KEY_PAIRS.microversion,
            )
        )
        return None if answer is None else dict(answer.body["keypair"])

    async def _delete(self, work: Work, name: str) -> None:
        await unless_missing(
            work.cloud.call(
                "DELETE",
                "compute",
                f"{KEY_PAIRS.path}/{name}",
                query=_user(work),
                microversion=KEY_PAIRS.microversion,
            )
        )


def _user(work: Work) -> dict[str, str]:
    user = work.properties.get("user")
    return {"user_id": str(user)} if user else {}


TYPE = KeyPair()
