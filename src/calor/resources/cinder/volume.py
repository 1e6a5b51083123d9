"""OS::Cinder::Volume."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any

from calor.base.errors import ResourceFailed
from calor.base.values import Value
from calor.model.cloud import Collection
from calor.model.resource_type import Made, Work
from calor.resources.identity import Likeness, PhysicalName
from calor.resources.pace import until_free
from calor.resources.rest import RestType, Thing, known_before
from calor.resources.wire import Body
from calor.schema import (
    Attributes,
    Lookup,
    Problem,
    ProblemKind,
    Properties,
    Range,
    Wire,
    attribute,
    hidden,
    prop,
    since,
)
from calor.schema.support import Support

VOLUMES = Collection(
    "volumev3", "/volumes", "volume", "volumes", microversion="3.42", detail="/detail"
)
HINTS = "OS-SCH-HNT:scheduler_hints"
OURS = ("readonly", "attached_mode")
"""Metadata that Cinder keeps itself among the user's."""


class VolumeProperties(Properties):
    availability_zone: str | None = prop(doc="Zone in which the volume is made.")
    size: Annotated[int | None, Range(min=1)] = prop(
        update=True, doc="Size in GiB. It may grow in place, and never shrinks."
    )
    snapshot_id: Annotated[str | None, Lookup("cinder.snapshot")] = prop(
        doc="Snapshot from which it is made."
    )
    backup_id: Annotated[str | None, Lookup("cinder.backup"), Wire("")] = prop(
        update=True, doc="Backup from which it is restored."
    )
    name: str | None = prop(update=True, doc="Name of the volume.")
    description: Annotated[str | None, Wire("description", unset="")] = prop(
        update=True, doc="What the volume is for."
    )
    imageRef: str | None = prop(  # noqa: N815  # the name that Heat gave it
        replaced_by="image",
        doc="Old name of `image`.",
        support=hidden("5.0.0", deprecated="2014.1"),
    )
    image: Annotated[str | None, Lookup("glance.image"), Wire("imageRef")] = prop(
        doc="Image from which it is made, by name or id."
    )
    source_volid: Annotated[str | None, Lookup("cinder.volume")] = prop(
        doc="Volume of which it is a copy."
    )
    volume_type: Annotated[
        str | None, Lookup("cinder.vtype"), Wire("volume_type", create_only=True)
    ] = prop(update=True, doc="Type of the volume, by name or id.")
    metadata: Annotated[dict[str, Any], Wire("metadata", create_only=True)] = prop(
        {}, update=True, doc="Words of your own, by key."
    )
    read_only: Annotated[bool | None, Wire("")] = prop(
        update=True, doc="Whether servers can only read it.", support=since("5.0.0")
    )
    scheduler_hints: Annotated[dict[str, Any] | None, Wire("")] = prop(
        doc="Hints for the choice of the backend.", support=since("2015.1")
    )
    multiattach: Annotated[bool, Wire("multiattach", create_only=True)] = prop(
        False,
        doc="Whether several servers may have it at once; a volume type says so nowadays.",
        support=hidden("13.0.0", supported="6.0.0"),
    )

    @classmethod
    def rule(cls, values: Mapping[str, Value]) -> list[Problem]:
        sources = [
            name
            for name in ("snapshot_id", "source_volid", "image", "imageRef", "backup_id")
            if values.get(name) is not None
        ]
        if values.get("size") is None and not sources:
            message = "A volume needs a size, or something that it is made from"
            return [Problem(("size",), ProblemKind.MISSING, message, "give `size`")]
        if len(sources) > 1 and set(sources) != {"image", "imageRef"}:
            message = f"A volume is made from one thing, not from {' and '.join(sources)}"
            return [Problem((sources[1],), ProblemKind.CONFLICT, message)]
        return []


class VolumeAttributes(Attributes):
    availability_zone: str = attribute("Zone in which the volume is.")
    size: str = attribute("Size in GiB.")
    snapshot_id: str = attribute("Snapshot from which it was made.")
    display_name: str = attribute("Name of the volume.", wire="name")
    display_description: str = attribute("What the volume is for.", wire="description")
    volume_type: str = attribute("Type of the volume.")
    metadata: str = attribute("Words of your own, as JSON.", wire="")
    metadata_values: dict[str, Any] = attribute("Words of your own, by key.", wire="metadata")
    source_volid: str = attribute("Volume of which it is a copy.")
    status: str = attribute("State of the volume.")
    created_at: str = attribute("When it was made.")
    bootable: str = attribute("Whether a server can start from it.")
    encrypted: str = attribute("Whether it is encrypted.")
    attachments: str = attribute(
        "Its attachments, as text.",
        wire="",
        support=Support("DEPRECATED", "9.0.0", previous=since("2015.1")),
    )
    attachments_list: list[Any] = attribute(
        "Its attachments.", wire="attachments", support=since("9.0.0")
    )
    multiattach: bool = attribute(
        "Whether several servers may have it at once.", support=since("6.0.0")
    )


class Volume(RestType):
    """A volume: a disk that outlives servers."""

    name = "OS::Cinder::Volume"
    Properties = VolumeProperties
    Attributes = VolumeAttributes
    collection = VOLUMES
    identity = PhysicalName(
        Likeness(
            ("name",),
            project="os-vol-tenant-attr:tenant_id",
            ignore=("imageRef", "metadata", "volume_type"),
        )
    )
    ready_words = ("AVAILABLE", "IN-USE")
    failed_words = (
        "ERROR",
        "ERROR_RESTORING",
        "ERROR_EXTENDING",
        "ERROR_MANAGING",
    )
    undeletable_words = ("ERROR_DELETING",)

    async def create(self, work: Work) -> Made:
        backup, hints = (work.properties.get(key) for key in ("backup_id", "scheduler_hints"))
        body = self.body(work)
        if backup:
            restore = {"restore": {"name": body["name"]}}
            answer = await work.cloud.call(
                "POST", "volumev3", f"/backups/{backup}/restore", body=restore
            )
            return Made(str(answer.body["restore"]["volume_id"]))
        if not hints:
            return self.made(await work.cloud.create(self.collection, body))
        answer = await work.cloud.call(
            "POST",
            "volumev3",
            self.collection.path,
            body={"volume": body, HINTS: hints},
            microversion=self.collection.microversion,
        )
        return self.made(answer.body["volume"])

    def shape(self, body: Body, work: Work) -> None:
        if not body.get("multiattach"):
            body.pop("multiattach", None)  # newer APIs refuse the key
        body["metadata"] = {key: str(item) for key, item in (body.get("metadata") or {}).items()}

    async def finish(self, work: Work) -> None:
        properties = work.properties
        thing = await self.show(work)
        if properties.get("backup_id") and thing.get("name") != self.body(work)["name"]:
            await work.cloud.update(self.collection, work.id, {"name": self.body(work)["name"]})
        read_only = properties.get("read_only")
        if read_only is not None and read_only != _is_read_only(thing):
            await self._act(work, "os-update_readonly_flag", {"readonly": read_only})

    async def update(self, work: Work) -> Made | None:
        # An update that was cut may have left it at something.
        await self.until_ready(work)
        return await super().update(work)

    async def shape_update(self, body: Body, work: Work, thing: Thing) -> None:
        body.pop("size", None)

    async def change(self, work: Work, thing: Thing) -> None:
        await self._change_metadata(work, thing)
        await self._grow(work, thing)
        await self._retype(work, thing)
        before = known_before(work)
        taken_back = before is not None and before.get("read_only")
        if taken_back and work.properties.get("read_only") is None and _is_read_only(thing):
            await self._act(work, "os-update_readonly_flag", {"readonly": False})
        if before is not None and before.get("backup_id") != work.properties.get("backup_id"):
            await self._restore(work)

    async def _change_metadata(self, work: Work, thing: Thing) -> None:
        wanted = {key: str(item) for key, item in (work.properties.get("metadata") or {}).items()}
        live = thing.get("metadata") or {}
        if wanted != {key: item for key, item in live.items() if key not in OURS}:
            path = f"{self.collection.path}/{work.id}/metadata"
            await work.cloud.call("PUT", "volumev3", path, body={"metadata": wanted})

    async def _grow(self, work: Work, thing: Thing) -> None:
        size = work.properties.get("size")
        if size is None or size == thing["size"]:
            return
        if size < thing["size"]:
            raise ResourceFailed(
                f"a volume can't shrink from {thing['size']} to {size} GiB; make another one"
            )
        await self._act(work, "os-extend", {"new_size": size})
        await self.until_ready(work)

    async def _retype(self, work: Work, thing: Thing) -> None:
        wanted = work.properties.get("volume_type")
        if wanted is None or wanted == thing.get("volume_type"):
            return
        types = await work.cloud.call("GET", "volumev3", f"/types/{wanted}")
        if types.body["volume_type"]["name"] != thing.get("volume_type"):
            await self._act(work, "os-retype", {"new_type": wanted, "migration_policy": "never"})
            await self.until_ready(work)

    async def _restore(self, work: Work) -> None:
        backup = work.properties.get("backup_id")
        if backup:
            restore = {"restore": {"volume_id": work.id}}
            await work.cloud.call("POST", "volumev3", f"/backups/{backup}/restore", body=restore)
            await self.until_ready(work)

    async def _act(self, work: Work, action: str, body: Mapping[str, Any]) -> None:
        await work.cloud.call(
            "POST",
            "volumev3",
            f"{self.collection.path}/{work.id}/action",
            body={action: body},
            microversion=self.collection.microversion,
        )

    async def more_attributes(self, work: Work, thing: Thing) -> Mapping[str, Value]:
        texts = {
            name: str(thing[name])
            for name in ("size", "encrypted", "bootable", "created_at")
            if thing.get(name) is not None
        }
        return {
            **texts,
            "metadata": json.dumps(thing.get("metadata") or {}),
            "attachments": str(thing.get("attachments") or []),
        }

    async def delete(self, work: Work) -> None:
        # What is attached, or not ready yet, is refused with 400.
        await until_free(
            work, lambda: work.cloud.delete(self.collection, work.id), statuses=(400, 409)
        )


def _is_read_only(thing: Thing) -> bool:
    return str((thing.get("metadata") or {}).get("readonly", "")).lower() == "true"


TYPE = Volume()
