"""Which cloud is meant: clouds.yaml and the OS_* variables."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from calor.base.errors import InvalidInput, NotFound
from calor.cloud.config import read_cloud
from calor.cloud.login import ServiceUser

pytestmark = pytest.mark.filterwarnings("ignore:Support for InfluxDB")  # the library's own

CLOUDS = """
clouds:
  one:
    region_name: RegionOne
    interface: internal
    verify: false
    auth:
      auth_url: http://k.invalid/v3
      username: demo
      password: hidden-secret
      project_name: demo
      user_domain_name: Default
      project_domain_name: Default
  application:
    auth_type: v3applicationcredential
    auth:
      auth_url: http://k.invalid/v3
      application_credential_id: a
      application_credential_secret: hidden-secret
  lost:
    auth:
      username: demo
  odd:
    auth_type: nonsense
    auth:
      auth_url: http://k.invalid/v3
"""


@pytest.fixture(autouse=True)
def clouds_yaml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("OS_")]:
        monkeypatch.delenv(name)
    path = tmp_path / "clouds.yaml"
    path.write_text(CLOUDS)
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(path))


def test_a_cloud_by_name() -> None:
    cloud = read_cloud("one")
    assert (cloud.name, cloud.auth_url) == ("one", "http://k.invalid/v3")
    assert (cloud.region, cloud.interface, cloud.verify) == ("RegionOne", "internal", False)
    assert "hidden-secret" not in repr(cloud)
    user = ServiceUser.from_auth(cloud.auth)
    assert user is not None
    assert (user.username, user.project_name) == ("demo", "demo")
    assert ServiceUser.from_auth(read_cloud("application").auth) is None


def test_a_cloud_by_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OS_CLOUD", "one")
    assert read_cloud().name == "one"
    monkeypatch.delenv("OS_CLOUD")
    monkeypatch.setenv("OS_AUTH_URL", "http://other.invalid/v3")
    monkeypatch.setenv("OS_USERNAME", "u")
    monkeypatch.setenv("OS_PASSWORD", "p")
    monkeypatch.setenv("OS_PROJECT_NAME", "p")
    assert read_cloud().auth_url == "http://other.invalid/v3"


@pytest.mark.parametrize("name", ["nowhere", ""])
def test_a_cloud_that_is_not_there(name: str) -> None:
    with pytest.raises(NotFound) as caught:
        read_cloud(name)
    assert "OS_CLOUD" in caught.value.hint


@pytest.mark.parametrize(("name", "word"), [("lost", "auth_url"), ("odd", "nonsense")])
def test_a_cloud_that_makes_no_sense(name: str, word: str) -> None:
    with pytest.raises(InvalidInput, match=word):
        read_cloud(name)
