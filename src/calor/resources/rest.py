"""The life of a thing in a REST collection, made from a declaration.

Create, find, ready, read back, update, delete, gone, attributes and live state are here; a type
overrides the few hooks where its API is odd.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from calor.base.errors import ResourceFailed
from calor.base.values import Sensitive, Value
from calor.model.cloud import Collection
from calor.model.resource_type import Made, Work
from calor.resources.base import Type
from calor.resources.identity import Identity, PhysicalName
from calor.resources.pace import until_free
from calor.resources.wire import Body, at, create_body, update_body, wire_of

Thing = dict[str, Any]


def known_before(work: Work) -> Mapping[str, Any] | None:
    """The properties before an update; None when nobody knows, as in one that was cut off."""
    return None if work.before == work.properties else work.before


class RestType(Type):
    """A type whose things live in one collection.

    - `collection`: where; `identity`: how the thing of a lost create is found again.
    - `status`: where a thing shows its state, '' where it has none; `ready_words`: it can be used;
      `failed_words`: it never will be; every other word is waited for. `deleted_words`: as good as
      gone. Words are compared in upper case.
    - `fault`: where a thing says why it failed.
    - `update_method`: PUT or PATCH. `name_property` gets the physical name when it is not given.
    """

    calls_cloud: ClassVar[bool] = True
    collection: ClassVar[Collection]
    identity: ClassVar[Identity] = PhysicalName()
    status: ClassVar[str] = "status"
    ready_words: ClassVar[tuple[str, ...]] = ()
    failed_words: ClassVar[tuple[str, ...]] = ("ERROR",)
    deleted_words: ClassVar[tuple[str, ...]] = ()
    fault: ClassVar[str] = ""
    update_method: ClassVar[str] = "PUT"
    name_property: ClassVar[str] = "name"

    def affected(self, changed: Sequence[str]) -> tuple[str, ...] | None:
        """The attributes that show a field of the thing which one of the properties sets, and
        those that code makes."""
        specs = self.schema.properties
        paths = [wire_of(specs[name]).path if name in specs else "" for name in changed]
        if not all(paths):
            return None
        fields = {path.split(".")[0]: None for path in paths}
        return tuple(
            name
            for name, spec in self.attributes.items()
            if name in changed or not spec.wire or spec.wire.split(".")[0] in fields
        )

    # --- hooks ------------------------------------------------------------------------------

    def create_properties(self, work: Work) -> dict[str, Any]:
        """The properties to create with: ours, with the name that we give where none is wanted."""
        properties = dict(work.properties)
        if self.name_property in self.schema.properties:
            properties.setdefault(self.name_property, work.resource.physical_name)
        return properties

    def shape(self, body: Body, work: Work) -> None:
        """Changes the create's body where the API wants something that no declaration says."""

    async def shape_update(self, body: Body, work: Work, thing: Thing) -> None:
        """The same for an update's body, which may become empty."""

    async def finish(self, work: Work) -> None:
        """What is still needed once the thing is ready, after its creation and after each update;
        it looks what is there and does what is missing."""

    async def change(self, work: Work, thing: Thing) -> None:
        """What an update takes back or moves beside the one call, before `finish`."""

    async def more_attributes(self, work: Work, thing: Thing) -> Mapping[str, Value]:
        """Stored attributes that lie elsewhere than in the thing itself."""
        return {}

    async def live_attribute(self, work: Work, thing: Thing, name: str) -> Value:
        """A live attribute; by default what the thing shows."""
        return at(thing, self.attributes[name].wire or name)

    # --- create -----------------------------------------------------------------------------

    def body(self, work: Work) -> Body:
        """The body of the create, without what makes the thing known again."""
        body = create_body(self.schema, self.create_properties(work))
        self.shape(body, work)
        return body

    def signed(self, work: Work) -> Body:
        """The whole body of the create."""
        return {**self.body(work), **self.identity.mark(work)}

    async def create(self, work: Work) -> Made:
        return self.made(await work.cloud.create(self.collection, self.signed(work)))

    def made(self, thing: Thing) -> Made:
        return Made(str(thing["id"]))

    async def find(self, work: Work) -> list[Made]:
        things = await self.identity.candidates(work, self.collection, self.signed(work))
        made = [self.made(thing) for thing in things]
        if not made:
            return []
        taken = await work.known([item.physical_id for item in made])
        return [item for item in made if item.physical_id not in taken]

    async def ready(self, work: Work) -> None:
        if self.ready_words:
            await self.until_ready(work)
        await self.finish(work)

    async def until_ready(self, work: Work) -> Thing:
        """Waits for one of the ready words."""

        def done(thing: Thing | None) -> bool:
            return self.is_ready(self.existing(thing))

        return self.existing(await work.cloud.watch(self.collection, work.id, done))

    def is_ready(self, thing: Thing) -> bool:
        """Raises ResourceFailed when it never will be."""
        word = self.word(thing)
        if word in self.failed_words:
            raise ResourceFailed(self.failure(thing))
        return word in self.ready_words

    def word(self, thing: Thing) -> str:
        return str(at(thing, self.status) or "").upper()

    def failure(self, thing: Thing) -> str:
        """Why it failed, in the cloud's words as far as it says."""
        told = at(thing, self.fault) if self.fault else None
        reason = f"the cloud says that its {self.status} is {self.word(thing)}"
        return f"{reason}: {told}" if told else reason

    def existing(self, thing: Thing | None) -> Thing:
        if thing is None or (self.deleted_words and self.word(thing) in self.deleted_words):
            raise ResourceFailed("it is not there any more; somebody else may have deleted it")
        return thing

    async def show(self, work: Work) -> Thing:
        """The thing. Raises ResourceFailed when it is not there."""
        thing = await work.cloud.show(self.collection, work.id)
        if thing is None and work.resource.external and not work.resource.settled:
            raise ResourceFailed(
                f"there is no {self.collection.singular} with the id {work.id!r}; external_id takes"
                " an id, not a name"
            )
        return self.existing(thing)

    # --- what it is like ----------------------------------------------------------------------

    async def read(self, work: Work) -> Mapping[str, Value]:
        thing = await self.show(work)
        return {**self.stored(thing), **await self.more_attributes(work, thing)}

    def stored(self, thing: Thing) -> dict[str, Value]:
        """The attributes that are stored, of those that the thing itself shows."""
        return {
            name: self.secret(name, at(thing, spec.wire))
            for name, spec in self.attributes.items()
            if spec.wire and not spec.live
        }

    def secret(self, name: str, value: Value) -> Value:
        return Sensitive(value) if self.attributes[name].sensitive else value

    async def live(self, work: Work, name: str) -> Value:
        thing = await self.show(work)
        if name == "show":
            return thing
        spec = self.attributes.get(name)
        if spec is None:
            return None
        if spec.live:
            return self.secret(name, await self.live_attribute(work, thing, name))
        if spec.wire:
            return self.secret(name, at(thing, spec.wire))
        return (await self.more_attributes(work, thing)).get(name)

    async def check(self, work: Work) -> None:
        thing = await self.show(work)
        if self.status and self.word(thing) in self.failed_words:
            raise ResourceFailed(self.failure(thing))

    # --- update -------------------------------------------------------------------------------

    async def update(self, work: Work) -> Made | None:
        thing = await self.show(work)
        body = update_body(self.schema, self.create_properties(work), known_before(work), thing)
        await self.shape_update(body, work, thing)
        if body:
            await self.send_update(work, body)
        await self.change(work, thing)
        return None

    async def send_update(self, work: Work, body: Body) -> Thing:
        return await work.cloud.update(self.collection, work.id, body, method=self.update_method)

    # --- delete -------------------------------------------------------------------------------

    async def delete(self, work: Work) -> None:
        await self.before_delete(work)
        await until_free(work, lambda: work.cloud.delete(self.collection, work.id))

    async def before_delete(self, work: Work) -> None:
        """What must go before the thing itself can."""

    async def gone(self, work: Work) -> None:
        def done(thing: Thing | None) -> bool:
            if thing is None or self.word(thing) in self.deleted_words:
                return True
            if self.status and self.word(thing) in self.undeletable_words:
                raise ResourceFailed(self.failure(thing))
            return False

        await work.cloud.watch(self.collection, work.id, done)

    undeletable_words: ClassVar[tuple[str, ...]] = ()
    """Words that say, after a DELETE, that it failed."""
