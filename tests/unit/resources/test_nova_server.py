"""What a server's properties become: its request, what replaces it, what it waits for."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from email import message_from_string
from typing import Any

import pytest

from calor.base.values import Unknown
from calor.model.plan import Order
from calor.model.resource import Resource
from calor.model.resource_type import Sibling
from calor.model.states import Action, Status
from calor.resources.nova import block_devices, server_interfaces, server_ports, user_data
from calor.resources.nova.server import TYPE
from calor.resources.nova.server_identity import generated_name

NEEDED = {"flavor": "small", "image": "debian"}


def normal(**properties: Any) -> dict[str, Any]:
    return TYPE.schema.normalise({**NEEDED, **properties})


# --- user data ------------------------------------------------------------------------------------


def decoded(text: str, form: str) -> str:
    sent = user_data.encoded(text, form)
    assert sent is not None
    return base64.b64decode(sent).decode()


def test_raw_user_data_is_sent_as_it_is() -> None:
    assert decoded("#!/bin/sh\r\necho ü", user_data.RAW) == "#!/bin/sh\r\necho ü"


@pytest.mark.parametrize("form", [user_data.RAW, user_data.CFNTOOLS])
def test_no_user_data_is_not_sent(form: str) -> None:
    assert user_data.encoded("", form) is None


@pytest.mark.parametrize(
    ("text", "type"),
    [
        ("#!/bin/sh\r\necho ü", "text/x-shellscript"),
        ("#cloud-config\nusers: []\n", "text/cloud-config"),
        ("#cloud-config-archive\n[]", "text/cloud-config-archive"),
        ("#cloud-boothook\ntrue", "text/cloud-boothook"),
        ("#include\nhttp://x", "text/x-include-url"),
        ("#include-once\nhttp://x", "text/x-include-once-url"),
        ("## template: jinja\n#cloud-config", "text/jinja2"),
        ("just words", "text/plain"),
    ],
)
def test_user_data_is_a_part_of_a_mime_document(text: str, type: str) -> None:
    document = message_from_string(decoded(text, user_data.CFNTOOLS))
    assert document.get_content_type() == "multipart/mixed"
    assert document["MIME-Version"] == "1.0"
    (part,) = document.get_payload()  # a multipart's parts
    assert part.get_content_type() == type
    assert part.get_payload(decode=True).decode() == text
    assert not document.defects


def test_the_parts_of_a_mime_document_are_kept() -> None:
    own = user_data.multipart("#!/bin/sh\necho one\n")
    document = message_from_string(user_data.multipart(own))
    (part,) = document.get_payload()
    assert part.get_content_type() == "text/x-shellscript"
    assert part.get_payload(decode=True) == b"#!/bin/sh\necho one\n"


def test_the_same_text_gives_the_same_document() -> None:
    assert user_data.multipart("#!/bin/sh\n") == user_data.multipart("#!/bin/sh\n")


# --- disks ----------------------------------------------------------------------------------------


def test_disks_on_the_wire() -> None:
    volume, image, blank, swap = block_devices.new_disks(
        [
            {"volume_id": "v", "device_name": "vda", "delete_on_termination": False},
            {"image": "i", "volume_size": 5, "boot_index": 1, "volume_type": "fast"},
            {"ephemeral_size": 2, "ephemeral_format": "xfs"},
            {"swap_size": 64},
        ],
        None,
    )
    assert volume == {
        "destination_type": "volume",
        "source_type": "volume",
        "uuid": "v",
        "device_name": "vda",
        "delete_on_termination": False,
        "boot_index": 0,
    }
    assert (image["source_type"], image["uuid"], image["volume_size"]) == ("image", "i", 5)
    assert image["volume_type"] == "fast"
    assert (blank["guest_format"], blank["volume_size"], blank["boot_index"]) == ("xfs", 2, -1)
    assert swap["guest_format"] == "swap"


def test_the_image_of_a_server_is_its_first_disk() -> None:
    first, second = block_devices.new_disks([{"volume_id": "v"}], "image")
    assert (first["source_type"], first["uuid"], first["boot_index"]) == ("image", "image", 0)
    assert "boot_index" not in second


# --- networks -------------------------------------------------------------------------------------


def test_networks_on_the_wire() -> None:
    assert server_interfaces.asked({}) is None
    assert server_interfaces.asked({"networks": [{"allocate_network": "auto"}]}) == "auto"
    entries = [
        {"network": "n", "fixed_ip": "10.0.0.9", "tag": "nic"},
        {"port": "p"},
        {"subnet": "s"},
    ]
    assert server_interfaces.asked({"networks": entries}, [{"id": "made"}]) == [
        {"uuid": "n", "fixed_ip": "10.0.0.9", "tag": "nic"},
        {"port": "p"},
        {"port": "made"},
    ]


def port(id: str, address: str, *, net: str = "n", subnet: str = "s") -> dict[str, Any]:
    fixed = [{"subnet_id": subnet, "ip_address": address}]
    return {"id": id, "network_id": net, "mac_address": f"mac-{id}", "fixed_ips": fixed}


def test_each_interface_gets_a_port_that_fits() -> None:
    ports = [port("a", "10.0.0.1"), port("b", "10.0.0.2"), port("c", "10.1.0.1", subnet="t")]
    wanted = [{"network": "n"}, {"network": "n", "fixed_ip": "10.0.0.1"}, {"subnet": "t"}]
    found = server_ports.assign(wanted, ports)
    assert [item and item["id"] for item in found] == ["b", "a", "c"]
    found = server_ports.assign([{"port": "a"}, {"network": "n"}, {"network": "m"}], ports)
    assert [item and item["id"] for item in found] == ["a", "b", None]


# --- names ----------------------------------------------------------------------------------------


def named(physical_name: str) -> Resource:
    return Resource(
        id="r",
        stack_id="s",
        name="server",
        incarnation=1,
        type=TYPE.name,
        declared_type=TYPE.name,
        physical_name=physical_name,
        action=Action.CREATE,
        status=Status.IN_PROGRESS,
    )


def test_generated_names_fit_and_keep_their_end() -> None:
    assert generated_name(named("short-server-abcdefghijkl")) == "short-server-abcdefghijkl"
    name = generated_name(named(f"{'x' * 80}-server-abcdefghijkl"))
    assert len(name) == 53
    assert name.endswith("-server-abcdefghijkl")
    assert name.startswith("xx-x")


# --- what is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("properties", "path", "words"),
    [
        ({"networks": [{"fixed_ip": "10.0.0.1"}]}, ("networks", 0), "needs one of"),
        (
            {"networks": [{"port": "p", "fixed_ip": "10.0.0.1"}]},
            ("networks", 0, "fixed_ip"),
            "port's own matter",
        ),
        (
            {"networks": [{"allocate_network": "auto"}, {"network": "n"}]},
            ("networks", 0, "allocate_network"),
            "together with anything else",
        ),
        (
            {"block_device_mapping_v2": [{"volume_id": "v", "snapshot_id": "s"}]},
            ("block_device_mapping_v2", 0, "snapshot_id"),
            "from one thing",
        ),
        (
            {"block_device_mapping_v2": [{"device_name": "vda"}]},
            ("block_device_mapping_v2", 0),
            "needs one of",
        ),
        (
            {"block_device_mapping": [{"device_name": "vda"}]},
            ("block_device_mapping", 0),
            "'volume_id' or a 'snapshot_id'",
        ),
        ({"image": None}, ("image",), "something to start from"),
        ({"user_data_format": "SOFTWARE_CONFIG"}, ("user_data_format",), "not available yet"),
        (
            {"software_config_transport": "POLL_SERVER_CFN"},
            ("software_config_transport",),
            "not available yet",
        ),
        ({"deployment_swift_data": {}}, ("deployment_swift_data",), "not available yet"),
    ],
)
def test_it_refuses(properties: Mapping[str, Any], path: tuple[Any, ...], words: str) -> None:
    (problem,) = TYPE.schema.check({**NEEDED, **properties})
    assert problem.path == path
    assert words in problem.message


@pytest.mark.parametrize(
    "properties",
    [
        {},
        {"networks": [{"uuid": "n"}, {"port": "p", "floating_ip": "f"}]},
        {"networks": [{"network": Unknown("net")}]},
        {"networks": Unknown("nets")},
        {"image": None, "block_device_mapping_v2": [{"image_id": "i", "volume_size": 1}]},
        {"image": None, "block_device_mapping": [{"device_name": "vda", "volume_id": "v"}]},
        {"image": Unknown("image")},
    ],
)
def test_it_takes(properties: Mapping[str, Any]) -> None:
    assert TYPE.schema.check({**NEEDED, **properties}) == []


def test_old_names_mean_the_new_ones() -> None:
    found = normal(
        networks=[{"uuid": "n"}], block_device_mapping_v2=[{"image_id": "i", "volume_size": 1}]
    )
    assert found["networks"] == [{"network": "n"}]
    assert found["block_device_mapping_v2"] == [{"image": "i", "volume_size": 1}]


# --- what replaces a server -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "forcing"),
    [
        ({"name": "other"}, ()),
        ({"flavor": "large"}, ()),
        ({"flavor": "large", "flavor_update_policy": "REPLACE"}, ("flavor",)),
        ({"image": "other"}, ()),
        ({"image": "other", "image_update_policy": "REPLACE"}, ("image",)),
        ({"user_data": "new"}, ("user_data",)),
        ({"user_data": "new", "user_data_update_policy": "IGNORE"}, ()),
        ({"user_data": "new", "user_data_update_policy": "REBUILD"}, ()),
        ({"key_name": "key"}, ("key_name",)),
        ({"networks": [{"network": "n"}]}, ()),
        (
            {"image": None, "block_device_mapping_v2": [{"volume_id": "v"}]},
            ("image", "block_device_mapping_v2"),
        ),
    ],
)
def test_what_replaces_it(changes: Mapping[str, Any], forcing: tuple[str, ...]) -> None:
    after = normal(**changes)
    assert sorted(TYPE.forces_replacement(normal(), after, list(changes))) == sorted(forcing)


@pytest.mark.parametrize(
    ("before", "after", "order"),
    [
        ({}, {}, Order.NEW_FIRST),
        ({"networks": [{"network": "n"}]}, {"networks": [{"network": "n"}]}, Order.NEW_FIRST),
        ({"networks": [{"port": "p"}]}, {"networks": [{"port": "p"}]}, Order.OLD_FIRST),
        ({"networks": [{"port": "p"}]}, {"networks": [{"port": Unknown("q")}]}, Order.NEW_FIRST),
        (
            {"networks": [{"network": "n", "fixed_ip": "10.0.0.1"}]},
            {"networks": [{"network": "n", "fixed_ip": "10.0.0.1"}]},
            Order.OLD_FIRST,
        ),
        (
            {"block_device_mapping_v2": [{"volume_id": "v"}]},
            {"block_device_mapping": [{"volume_id": "v", "device_name": "vda"}]},
            Order.OLD_FIRST,
        ),
    ],
)
def test_which_goes_first(
    before: Mapping[str, Any], after: Mapping[str, Any], order: Order
) -> None:
    assert TYPE.replacement_order(normal(**before), normal(**after)) is order


# --- what it waits for ----------------------------------------------------------------------------


def sibling(
    name: str, type: str, properties: Mapping[str, Any], **refers: tuple[str, ...]
) -> Sibling:
    return Sibling(name, type, properties, refers)


def test_it_comes_after_the_subnets_of_its_networks() -> None:
    subnet = "OS::Neutron::Subnet"
    siblings = {
        "one": sibling("one", subnet, {"network": Unknown("net")}, network=("net",)),
        "two": sibling("two", subnet, {"network": "shared"}),
        "far": sibling("far", subnet, {"network": "elsewhere"}),
        "door": sibling("door", "OS::Neutron::RouterInterface", {}, subnet=("one",)),
    }
    networks = [{"network": Unknown("net")}, {"network": "shared"}]
    own = sibling("server", TYPE.name, {"networks": networks}, networks=("net",))
    assert TYPE.implicit_needs(own, siblings) == ("one", "two")
    led = [{**networks[0], "floating_ip": "f"}]
    own = sibling("server", TYPE.name, {"networks": led}, networks=("net",))
    assert TYPE.implicit_needs(own, siblings) == ("one", "door")
