"""zaqar-queue: events as messages in one of Zaqar's queues."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from calor.model.cloud import Cloud
from calor.model.resource import Event
from calor.schema import AllowedPattern, Length, Properties, Range, prop
from calor.sinks.told import told

MOST = 20
"""Messages in one post. Zaqar sets no number; its own pages have as many."""
ROOM = 240_000
"""Bytes of one post; Zaqar takes 256 KiB by default."""
LONGEST = 1_209_600
"""Seconds that a message may live, as Zaqar is shipped: two weeks. It refuses what is longer, and
no event would arrive."""


class ZaqarQueueSettings(Properties):
    target: Annotated[str, Length(1, 64), AllowedPattern("[a-zA-Z0-9_.-]*")] = prop(
        required=True,
        doc="Name of the queue, in the stack's project. Zaqar makes it with the first message.",
    )
    ttl: Annotated[int, Range(60, LONGEST)] = prop(
        3600, doc="How long a message stays in the queue, in seconds."
    )


class ZaqarQueue:
    """Each event is a message in a queue of the stack's project, posted on behalf of the stack's
    owner."""

    name = "zaqar-queue"
    service = "messaging"
    schema = ZaqarQueueSettings.schema

    async def bring(
        self, cloud: Cloud, settings: Mapping[str, Any], events: Sequence[Event]
    ) -> int:
        messages = _fitting(events, settings["ttl"])
        await cloud.call(
            "POST",
            self.service,
            f"/v2/queues/{settings['target']}/messages",
            body={"messages": messages},
            # Zaqar hides a client's messages from itself, so that no reader may have this id.
            headers={"Client-ID": events[0].stack_id},
            # A message twice is better than none, and who reads it knows it by its id.
            safe=True,
        )
        return len(messages)


def _fitting(events: Sequence[Event], ttl: int) -> list[dict[str, Any]]:
    """As many of the first events as one post holds, one at least."""
    messages: list[dict[str, Any]] = []
    room = ROOM
    for event in events[:MOST]:
        message = {"ttl": ttl, "body": told(event)}
        room -= len(json.dumps(message))
        if messages and room < 0:
            break
        messages.append(message)
    return messages


KIND = ZaqarQueue()
