"""What servers do beyond what all types do: resize, rebuild, fail and say why."""

from __future__ import annotations

import base64

import pytest

from calor.base.errors import HttpFault, ResourceFailed
from calor.base.values import reveal
from contract.hand import Company
from contract.scene import type_of
from contract.site import SERVER, SMALL, Site, on_site


def test_a_resize_is_confirmed() -> None:
    async def story(site: Site) -> None:
        server = await site.server(networks=[{"network": site.net}])
        await server.update({**SMALL, "flavor": "m1.tiny", "networks": [{"network": site.net}]})
        thing = await site.live(server)
        assert thing["status"] == "ACTIVE"
        assert thing["flavor"]["id"] == await site.company.cloud.find("nova.flavor", "m1.tiny")

    on_site(story)


def test_a_new_image_rebuilds() -> None:
    async def story(site: Site) -> None:
        networks = [{"network": site.net}]
        server = await site.server(networks=networks)
        id = server.id
        image = site.stage.second_image()
        await server.update({**SMALL, "image": image, "networks": networks})
        thing = await site.live(server)
        assert server.id == id
        assert thing["image"]["id"] == await site.company.cloud.find("glance.image", image)

    on_site(story)


def test_a_server_that_somebody_stopped_is_updated_as_it_is() -> None:
    async def story(site: Site) -> None:
        networks = [{"network": site.net}]
        server = await site.server(networks=networks)
        path = f"/servers/{server.id}/action"
        await site.company.cloud.call("POST", "compute", path, body={"os-stop": None})
        await server.update({**SMALL, "networks": networks, "metadata": {"a": 1}})
        thing = await site.live(server)
        assert (thing["status"], thing["metadata"]) == ("SHUTOFF", {"a": "1"})
        with pytest.raises(ResourceFailed, match="SHUTOFF, not ACTIVE"):
            await server.type.check(server.work())

    on_site(story)


def test_a_refusal_quotes_no_secrets() -> None:
    async def story(site: Site) -> None:
        disk = {"image": "tiny", "volume_size": 1, "volume_type": "fast", "boot_index": 1}
        wanted = {
            **SMALL,
            "networks": [{"network": site.net}],
            "block_device_mapping_v2": [disk],  # of a later API, which takes no files
            "personality": {"/etc/motd": "hello"},
            "admin_pass": "canary",
            "user_data": "canary",
        }
        hand = site.company.hand(type_of(SERVER), wanted)
        with pytest.raises(HttpFault, match="personality") as caught:
            await hand.create()
        assert "canary" not in str(caught.value)
        assert base64.b64encode(b"canary").decode() not in str(caught.value)

    on_site(story)


def test_consoles_say_where_they_are_or_why_not() -> None:
    async def story(site: Site) -> None:
        server = await site.server(networks=[{"network": site.net}])
        urls = reveal(await server.type.live(server.work(), "console_urls"))
        assert [urls[kind] for kind in ("novnc", "spice-html5", "serial")] != []
        assert all(isinstance(item, str) and item for item in urls.values())

    on_site(story)


def test_a_failed_server_says_why() -> None:
    async def story(site: Site) -> None:
        office = Company(site.stage, admin=True)
        await office.connect()
        size = {"ram": 64, "vcpus": 1, "disk": 1}
        no_host_has = {"resources:PGPU": "1000"}
        flavor = office.hand(type_of("OS::Nova::Flavor"), {**size, "extra_specs": no_host_has})
        await flavor.create()
        wanted = {**SMALL, "flavor": flavor.id, "networks": [{"network": site.net}]}
        hand = site.company.hand(type_of(SERVER), wanted)
        with pytest.raises(ResourceFailed) as caught:
            await hand.create()
        reason = 'Went to status ERROR due to "Message: No valid host was found. , Code: 500"'
        assert str(caught.value) == reason
        await hand.delete()
        await office.clear()

    on_site(story)
