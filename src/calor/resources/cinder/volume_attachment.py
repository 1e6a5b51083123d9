"""OS::Cinder::VolumeAttachment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from calor.base.errors import HttpFault, LostAnswer, ResourceFailed
from calor.base.values import Value
from calor.model.plan import Order
from calor.model.resource_type import Made, Work
from calor.resources.base import Type
from calor.resources.cinder.volume import VOLUMES
from calor.resources.identity import is_new
from calor.resources.pace import unless_missing, until_free
from calor.schema import Attributes, Lookup, Properties, prop

PAUSES = (0.5, 2.0)
"""Seconds after which a call whose answer is lost is looked after."""


class VolumeAttachmentProperties(Properties):
    instance_uuid: str = prop(required=True, update=True, doc="Server that gets the volume.")
    volume_id: Annotated[str, Lookup("cinder.volume")] = prop(
        required=True, update=True, doc="The volume, by name or id."
    )
    mountpoint: str | None = prop(
        update=True, doc="Device on the server, as /dev/vdb; the next free one when absent."
    )


class VolumeAttachmentAttributes(Attributes):
    pass


class VolumeAttachment(Type):
    """Connects a volume to a server."""

    # `data` of a row holds the pair that is connected: server, volume.

    name = "OS::Cinder::VolumeAttachment"
    Properties = VolumeAttachmentProperties
    Attributes = VolumeAttachmentAttributes
    calls_cloud = True

    def replacement_order(self, before: Mapping[str, Value], after: Mapping[str, Value]) -> Order:
        # A volume is attached once.
        return Order.OLD_FIRST

    async def create(self, work: Work) -> Made:
        server, volume = work.properties["instance_uuid"], work.properties["volume_id"]
        body = {"volumeId": volume}
        if work.properties.get("mountpoint"):
            body["device"] = work.properties["mountpoint"]
        await work.cloud.call("POST", "compute", _path(server), body={"volumeAttachment": body})
        return _made(server, volume)

    async def find(self, work: Work) -> list[Made]:
        # Server and volume are a natural key: a second attachment of the two is refused.
        server, volume = work.properties["instance_uuid"], work.properties["volume_id"]
        if await self._held(work, server, volume) is None:
            return []
        attachment = await self._attachment(work, server, volume)
        if attachment is not None and not is_new(attachment, "attached_at", work):
            return []
        return [_made(server, volume)]  # Cinder tells only of those that are made

    async def ready(self, work: Work) -> None:
        server, volume = _pair(work)

        def done(thing: dict[str, Any] | None) -> bool:
            if thing is None:
                raise ResourceFailed(f"the volume {volume} is not there any more")
            status = str(thing["status"]).lower()
            if status.startswith("error"):
                raise ResourceFailed(f"the volume's status is {status}")
            return status == "in-use" and _attached(thing, server) is not None

        await work.cloud.watch(VOLUMES, volume, done)

    async def check(self, work: Work) -> None:
        server, volume = _pair(work)
        if await self._attachment(work, server, volume) is None:
            raise ResourceFailed(f"the volume {volume} is not attached to the server {server}")

    async def update(self, work: Work) -> Made | None:
        server, volume = work.properties["instance_uuid"], work.properties["volume_id"]
        device = work.properties.get("mountpoint")
        held = await self._held(work, server, volume)
        if held is not None and device in (None, held.get("device")):
            return _made(server, volume)
        await self._detach(work, *_pair(work))
        if held is not None:
            await self._detach(work, server, volume)
        return await self._attach(work, server, volume)

    async def delete(self, work: Work) -> None:
        server, volume = _pair(work)
        await self._ask_to_detach(work, server, volume)

    async def gone(self, work: Work) -> None:
        await self._until_free(work, *_pair(work))

    async def _detach(self, work: Work, server: str, volume: str) -> None:
        await self._ask_to_detach(work, server, volume)
        await self._until_free(work, server, volume)

    async def _ask_to_detach(self, work: Work, server: str, volume: str) -> None:
        path = f"{_path(server)}/{volume}"
        # What is not attached yet can't be detached, and is refused with 400.
        await until_free(
            work,
            lambda: unless_missing(work.cloud.call("DELETE", "compute", path)),
            statuses=(400, 409),
        )

    async def _attach(self, work: Work, server: str, volume: str) -> Made:
        """As `create`, by itself looking after a call whose answer is lost."""
        for pause in PAUSES:
            try:
                return await self.create(work)
            except LostAnswer:
                pass
            except HttpFault as error:
                if error.status < 500:
                    raise
            await work.clock.sleep(pause)
            if await self._held(work, server, volume) is not None:
                return _made(server, volume)
        return await self.create(work)

    async def _until_free(self, work: Work, server: str, volume: str) -> None:
        def done(thing: dict[str, Any] | None) -> bool:
            if thing is None:
                return True
            if str(thing["status"]).lower() == "error_detaching":
                raise ResourceFailed("the volume's status is error_detaching")
            return _attached(thing, server) is None

        await work.cloud.watch(VOLUMES, volume, done)

    async def _held(self, work: Work, server: str, volume: str) -> dict[str, Any] | None:
        """The attachment as Nova tells it, from the moment of the call on."""
        path = f"{_path(server)}/{volume}"
        answer = await unless_missing(work.cloud.call("GET", "compute", path))
        return None if answer is None else dict(answer.body["volumeAttachment"])

    async def _attachment(self, work: Work, server: str, volume: str) -> dict[str, Any] | None:
        thing = await work.cloud.show(VOLUMES, volume)
        return None if thing is None else _attached(thing, server)


def _path(server: str) -> str:
    return f"/servers/{server}/os-volume_attachments"


def _made(server: str, volume: str) -> Made:
    # Nova names an attachment like its volume.
    return Made(volume, {"server": server, "volume": volume})


def _pair(work: Work) -> tuple[str, str]:
    data = work.resource.data
    return str(data["server"]), str(data["volume"])


def _attached(volume: Mapping[str, Any], server: str) -> dict[str, Any] | None:
    attachments = volume.get("attachments") or []
    return next((item for item in attachments if item.get("server_id") == server), None)


TYPE = VolumeAttachment()
