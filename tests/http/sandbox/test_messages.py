"""The unmodified openstacksdk posts to the simulated Zaqar, reads and deletes."""

from __future__ import annotations

import openstack
import pytest
import yaml

from calor.sandbox.clouds import clouds


@pytest.fixture
def messages(served, tmp_path, monkeypatch):
    monkeypatch.delenv("OS_CLIENT_CONFIG_FILE", raising=False)
    path = tmp_path / "clouds.yaml"
    path.write_text(yaml.safe_dump(clouds(served.base_url)))
    config = openstack.config.OpenStackConfig(config_files=[str(path)])
    with openstack.connection.Connection(config=config.get_one("sandbox")) as connection:
        yield connection.message


def test_a_queue_is_written_and_read(messages):
    messages.create_queue(name="q")
    assert [queue.name for queue in messages.queues()] == ["q"]
    messages.post_message("q", [{"ttl": 300, "body": {"n": n}} for n in range(3)])
    assert [item.body["n"] for item in messages.messages("q", echo=True)] == [0, 1, 2]
    first, *_ = messages.messages("q", echo=True)
    messages.delete_message("q", first)
    assert [item.body["n"] for item in messages.messages("q", echo=True)] == [1, 2]
    messages.delete_queue("q")
    assert list(messages.queues()) == []
