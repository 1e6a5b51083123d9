"""The disks of a server: from the two properties to what Nova takes. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from calor.base.values import Value
from calor.schema import (
    AllowedValues,
    Lookup,
    Problem,
    ProblemKind,
    Properties,
    Range,
    hidden,
    prop,
    since,
)

Disk = Mapping[str, Any]


class OldDisk(Properties):
    """An item of `block_device_mapping`."""

    device_name: str = prop(required=True, doc="Name of the device on the server, as vdb.")
    volume_id: Annotated[str | None, Lookup("cinder.volume")] = prop(
        doc="Volume to attach, by name or id."
    )
    snapshot_id: Annotated[str | None, Lookup("cinder.snapshot")] = prop(
        doc="Snapshot of which a new volume is made, by name or id."
    )
    volume_size: int | None = prop(doc="Size of the volume in GiB.")
    delete_on_termination: bool | None = prop(doc="Whether the volume goes with the server.")


class NewDisk(Properties):
    """An item of `block_device_mapping_v2`."""

    device_name: str | None = prop(doc="Name of the device on the server, as vdb.")
    volume_id: Annotated[str | None, Lookup("cinder.volume")] = prop(
        doc="Volume to attach, by name or id."
    )
    image_id: Annotated[str | None, Lookup("glance.image")] = prop(
        replaced_by="image",
        doc="Old name of `image`.",
        support=hidden("9.0.0", deprecated="7.0.0", supported="5.0.0"),
    )
    image: Annotated[str | None, Lookup("glance.image")] = prop(
        doc="Image of which a new volume is made, by name or id.", support=since("7.0.0")
    )
    snapshot_id: Annotated[str | None, Lookup("cinder.snapshot")] = prop(
        doc="Snapshot of which a new volume is made, by name or id."
    )
    swap_size: int | None = prop(doc="Size of a swap disk in MiB.")
    ephemeral_size: Annotated[int | None, Range(min=1)] = prop(
        doc="Size of an ephemeral disk in GiB.", support=since("8.0.0")
    )
    ephemeral_format: Annotated[
        str | None, AllowedValues("ext2", "ext3", "ext4", "xfs", "ntfs")
    ] = prop(doc="File system of the ephemeral disk.", support=since("8.0.0"))
    device_type: Annotated[str | None, AllowedValues("cdrom", "disk")] = prop(doc="Sort of device.")
    disk_bus: Annotated[
        str | None, AllowedValues("ide", "lame_bus", "sata", "scsi", "usb", "virtio")
    ] = prop(doc="Bus at which the disk is.")
    boot_index: int | None = prop(doc="Place in the order of booting; 0 boots, -1 never does.")
    volume_size: int | None = prop(doc="Size of the volume in GiB.")
    volume_type: Annotated[str | None, Lookup("cinder.vtype")] = prop(
        doc="Type of the new volume, by name or id.", support=since("26.0.0")
    )
    delete_on_termination: bool | None = prop(doc="Whether the volume goes with the server.")


SOURCES = (
    ("volume_id", "volume"),
    ("snapshot_id", "snapshot"),
    ("image", "image"),
)
BLANK = ("swap_size", "ephemeral_size")
AS_THEY_ARE = (
    "device_name",
    "device_type",
    "disk_bus",
    "boot_index",
    "volume_size",
    "volume_type",
    "delete_on_termination",
)


def old_disks(disks: Sequence[Disk]) -> list[dict[str, Any]]:
    """`block_device_mapping` on the wire."""
    return [{key: value for key, value in disk.items() if value is not None} for disk in disks]


def new_disks(disks: Sequence[Disk], image: str | None) -> list[dict[str, Any]]:
    """`block_device_mapping_v2` on the wire; a server that starts from an image has that first."""
    local = {
        "source_type": "image",
        "destination_type": "local",
        "uuid": image,
        "boot_index": 0,
        "delete_on_termination": True,
    }
    sent = [_disk(disk) for disk in disks]
    if image:
        return [local, *sent]
    if not any(str(disk.get("boot_index")) == "0" for disk in sent):
        # Nova starts from no disk by itself; the first one that could be started from is meant.
        able = [disk for disk in sent if "boot_index" not in disk]
        for disk in able[:1]:
            disk["boot_index"] = 0
    return sent


def _disk(disk: Disk) -> dict[str, Any]:
    blank = next((name for name in BLANK if disk.get(name) is not None), None)
    if blank is not None:
        form = "swap" if blank == "swap_size" else disk.get("ephemeral_format")
        return {
            "source_type": "blank",
            "destination_type": "local",
            "boot_index": -1,
            "delete_on_termination": True,
            "volume_size": disk[blank],
            **({"guest_format": form} if form else {}),
        }
    sent: dict[str, Any] = {"destination_type": "volume"}
    for name, source in SOURCES:
        if disk.get(name) is not None:
            sent |= {"source_type": source, "uuid": disk[name]}
    sent |= {name: disk[name] for name in AS_THEY_ARE if disk.get(name) is not None}
    if "source_type" not in sent:
        sent["source_type"] = "blank"
    return sent


def volumes(properties: Mapping[str, Value]) -> list[str]:
    """Ids of the volumes that exist before the server, as far as known."""
    return [
        disk["volume_id"]
        for name in ("block_device_mapping", "block_device_mapping_v2")
        for disk in _maps(properties.get(name))
        if isinstance(disk.get("volume_id"), str)
    ]


def problems(properties: Mapping[str, Value]) -> list[Problem]:
    """What is wrong with the disks, and whether there is anything to start from."""
    old, new = (
        properties.get(name) for name in ("block_device_mapping", "block_device_mapping_v2")
    )
    if old and new:
        message = "'block_device_mapping' and 'block_device_mapping_v2' can't be given together"
        return [Problem(("block_device_mapping",), ProblemKind.CONFLICT, message)]
    found = [_old_problem(at, disk) for at, disk in enumerate(_maps(old))]
    found += [_new_problem(at, disk) for at, disk in enumerate(_maps(new))]
    wrong = [problem for problem in found if problem is not None]
    if wrong or properties.get("image") is not None or old or _boots(new):
        return wrong
    message = "A server needs something to start from: no image and no bootable disk is given"
    return [Problem(("image",), ProblemKind.MISSING, message, "give `image`")]


def _old_problem(at: int, disk: Disk) -> Problem | None:
    path = ("block_device_mapping", at)
    given = [name for name in ("volume_id", "snapshot_id") if disk.get(name) is not None]
    if not given:
        message = "a disk needs a 'volume_id' or a 'snapshot_id'"
        return Problem(path, ProblemKind.MISSING, message)
    if len(given) > 1:
        message = "'volume_id' and 'snapshot_id' can't be given together"
        return Problem((*path, "snapshot_id"), ProblemKind.CONFLICT, message)
    return None


def _new_problem(at: int, disk: Disk) -> Problem | None:
    path = ("block_device_mapping_v2", at)
    names = [*(name for name, _ in SOURCES), *BLANK]
    given = [name for name in names if disk.get(name) is not None]
    if len(given) > 1:
        message = f"a disk is made from one thing, not from {' and '.join(given)}"
        return Problem((*path, given[1]), ProblemKind.CONFLICT, message)
    if not given:
        message = f"a disk needs one of {', '.join(names)}"
        return Problem(path, ProblemKind.MISSING, message)
    if given == ["image"] and disk.get("volume_size") is None:
        message = "a volume made from an image needs a 'volume_size'"
        return Problem((*path, "volume_size"), ProblemKind.MISSING, message)
    return None


def _boots(disks: Value) -> bool:
    """Whether one of the disks can be started from, or nobody knows yet."""
    if not isinstance(disks, list):
        return disks is not None
    if len(_maps(disks)) < len(disks):
        return True
    blank = [disk for disk in disks if any(disk.get(name) is not None for name in BLANK)]
    return len(blank) < len(disks)


def _maps(items: Value) -> list[Disk]:
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
