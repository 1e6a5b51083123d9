"""What volumes do at servers, and flavors for projects, beyond what all types do."""

from __future__ import annotations

from typing import Any

import pytest

from calor.base.errors import ResourceFailed
from calor.resources.cinder.volume import VOLUMES
from contract.hand import Company
from contract.scene import type_of
from contract.site import SERVER, Site, on_site
from contract.stage import REAL, Stage, play


@pytest.mark.skipif(REAL, reason="Cinder's fake driver fails to make a volume of an image")
def test_a_server_starts_from_a_volume() -> None:
    async def story(site: Site) -> None:
        disk = {"image": "tiny", "volume_size": 1, "delete_on_termination": True}
        extra = await site.make("OS::Cinder::Volume", {"size": 1}, "extra")
        disks = [disk, {"volume_id": extra.id, "device_name": "vdb"}]
        server = await site.make(
            SERVER,
            {
                "flavor": "m1.nano",
                "block_device_mapping_v2": disks,
                "networks": [{"network": site.net}],
            },
            "server",
        )
        attached = (await site.live(server))["os-extended-volumes:volumes_attached"]
        ids = [item["id"] for item in attached]
        assert extra.id in ids
        (root,) = [id for id in ids if id != extra.id]
        await server.delete()
        assert (await site.company.cloud.show(VOLUMES, extra.id) or {})["status"] == "available"
        await site.company.cloud.watch(VOLUMES, root, lambda thing: thing is None)

    on_site(story)


def test_a_server_takes_volumes_along() -> None:
    async def story(site: Site) -> None:
        extra = await site.make("OS::Cinder::Volume", {"size": 1}, "extra")
        for disks in (
            {"block_device_mapping_v2": [{"volume_id": extra.id}]},
            {"block_device_mapping": [{"volume_id": extra.id, "device_name": "vdb"}]},
        ):
            server = await site.server(networks=[{"network": site.net}], **disks)
            attached = (await site.live(server))["os-extended-volumes:volumes_attached"]
            assert [item["id"] for item in attached] == [extra.id]
            await server.delete()
            await site.company.cloud.watch(VOLUMES, extra.id, _available)

    on_site(story)


def _available(volume: dict[str, Any] | None) -> bool:
    return (volume or {}).get("status") == "available"


def test_a_volume_grows_and_never_shrinks() -> None:
    async def story(site: Site) -> None:
        volume = await site.make("OS::Cinder::Volume", {"size": 1}, "volume")
        await volume.update({"size": 2})
        assert volume.row.attributes["size"] == "2"
        with pytest.raises(ResourceFailed, match="can't shrink"):
            await volume.update({"size": 1})

    on_site(story)


def test_projects_may_use_a_private_flavor() -> None:
    async def story(stage: Stage) -> None:
        company = Company(stage, admin=True)
        await company.connect()
        project = company.hand(type_of("OS::Keystone::Project"), {}, "project")
        await project.create()
        size = {"ram": 64, "vcpus": 1, "is_public": False}
        flavor = company.hand(type_of("OS::Nova::Flavor"), size, "flavor")
        await flavor.create()

        async def users() -> list[str]:
            path = f"/flavors/{flavor.id}/os-flavor-access"
            answer = await company.cloud.call("GET", "compute", path)
            return [item["tenant_id"] for item in answer.body["flavor_access"]]

        await flavor.update({**size, "tenants": [project.id]})
        assert await users() == [project.id]
        await flavor.update(size)
        assert await users() == []
        await company.clear()

    play(story)
