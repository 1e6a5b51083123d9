"""From the catalog to the URL of a call."""

from __future__ import annotations

from typing import Any

import pytest
from keystoneauth1.access.service_catalog import ServiceCatalogV3

from calor.base.errors import LoginFailed
from calor.cloud.endpoints import base_url, join, spoken, version_headers, version_root
from calor.cloud.login import Identity, versioned


def identity(*services: tuple[str, str], interface: str = "public") -> Identity:
    catalog = [
        {
            "type": kind,
            "name": kind,
            "endpoints": [{"interface": interface, "url": url, "region": "R", "region_id": "R"}],
        }
        for kind, url in services
    ]
    return Identity("t", 0, 1, "u", "user", "p", "project", (), ServiceCatalogV3(catalog))


@pytest.mark.parametrize(
    ("service", "catalog_type", "url", "expected"),
    [
        ("network", "network", "http://n:9696/", "http://n:9696"),
        ("compute", "compute", "http://h/compute", "http://h/compute/v2.1"),
        ("compute", "compute", "http://h/compute/v2.1/", "http://h/compute/v2.1"),
        ("volumev3", "block-storage", "http://h/volume/v3/p", "http://h/volume/v3/p"),
        ("block-storage", "volumev3", "http://h/volume/v3/p", "http://h/volume/v3/p"),
        ("volumev3", "block-storage", "http://h/volume", "http://h/volume/v3/p"),
        ("sharev2", "shared-file-system", "http://h/share/v2", "http://h/share/v2"),
    ],
)
def test_endpoints(service: str, catalog_type: str, url: str, expected: str) -> None:
    assert (
        base_url(identity((catalog_type, url)), service, region="", interface="public") == expected
    )


def test_what_the_catalog_lacks() -> None:
    who = identity(("network", "http://n"))
    for service, region, interface in [
        ("dns", "", "public"),
        ("network", "elsewhere", "public"),
        ("network", "", "admin"),
    ]:
        with pytest.raises(LoginFailed, match="this cloud has no"):
            base_url(who, service, region=region, interface=interface)


@pytest.mark.parametrize(
    ("base", "path", "expected"),
    [
        ("http://n:9696", "/v2.0/ports", "http://n:9696/v2.0/ports"),
        ("http://n:9696/v2.0", "/v2.0/ports", "http://n:9696/v2.0/ports"),
        ("http://h/networking", "/v2.0/ports", "http://h/networking/v2.0/ports"),
        ("http://k:5000/v3", "/v3/users", "http://k:5000/v3/users"),
        ("http://h/identity", "/v3/users", "http://h/identity/v3/users"),
        ("http://k:5000/v2.0", "/v3/users", "http://k:5000/v3/users"),
        ("http://h/compute/v2.1", "/servers", "http://h/compute/v2.1/servers"),
        ("http://h/volume/v3/p", "/volumes/detail", "http://h/volume/v3/p/volumes/detail"),
        ("http://i:9292/v2", "/v2/images", "http://i:9292/v2/images"),
    ],
)
def test_paths_below_endpoints(base: str, path: str, expected: str) -> None:
    assert join(base, path) == expected


def test_where_versions_are_told() -> None:
    assert version_root("http://h/compute/v2.1") == "http://h/compute/v2.1/"
    assert version_root("http://h/volume/v3/project") == "http://h/volume/v3/"
    assert version_root("http://n:9696") == "http://n:9696/"


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"version": {"min_version": "2.1", "version": "2.96"}}, ((2, 1), (2, 96))),
        ({"version": {"min_version": "1.0", "max_version": "1.39"}}, ((1, 0), (1, 39))),
        (
            {
                "versions": [
                    {"id": "v2.0", "min_version": "", "version": ""},
                    {"id": "v3.0", "min_version": "3.0", "version": "3.71"},
                ]
            },
            ((3, 0), (3, 71)),
        ),
        ({"versions": {"values": [{"id": "v3.14"}]}}, None),
        ({}, None),
        ("text", None),
        (None, None),
    ],
)
def test_version_documents(document: Any, expected: object) -> None:
    assert spoken(document) == expected


def test_headers_of_microversions() -> None:
    assert version_headers("compute", "2.9") == {"OpenStack-API-Version": "compute 2.9"}
    assert version_headers("volumev3", "3.9") == {"OpenStack-API-Version": "volume 3.9"}
    assert version_headers("sharev2", "2.9") == {"X-OpenStack-Manila-API-Version": "2.9"}


@pytest.mark.parametrize("url", ["http://k", "http://k/", "http://k/v3", "http://k/v2.0/"])
def test_keystones_url_with_and_without_a_version(url: str) -> None:
    assert versioned(url) == "http://k/v3"
