"""Zaqar's queues with what is in them, and what all its calls have in common.

A queue forgets messages and claims whose time is over whenever somebody looks at it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from calor.sandbox.call import Call, Refusal
from calor.sandbox.world import World

T = TypeVar("T")

LONGEST_NAME = 64
PAGE, LARGEST_PAGE = 10, 20
POST_SIZE = 256 * 1024
"""Bytes of one post of messages."""
TTLS = (60, 1_209_600)
"""The shortest and the longest life of a message, in seconds."""
DEFAULT_TTL = 3600
CLAIM_TTLS = (60, 43_200)
DEFAULT_CLAIM = {"ttl": 300, "grace": 60}

_NAME = re.compile(r"[a-zA-Z0-9_.-]+")
_UUID = re.compile(r"[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}", re.IGNORECASE)


@dataclass(slots=True)
class Message:
    """`client` is who posted it, `claim` the id of a claim, or ''. Ids of one queue grow."""

    id: str
    body: Any
    ttl: int
    posted_at: float
    client: str
    claim: str = ""

    def age(self, now: float) -> int:
        return int(now - self.posted_at)


@dataclass(slots=True)
class Claim:
    id: str
    ttl: int
    made_at: float


@dataclass(slots=True)
class Queue:
    name: str
    project_id: str
    metadata: dict[str, Any] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    claims: dict[str, Claim] = field(default_factory=dict)
    posted: int = 0
    """How many messages there ever were."""

    def forget_old(self, now: float) -> None:
        for message in list(self.messages.values()):
            if message.posted_at + message.ttl <= now:
                del self.messages[message.id]
        for claim in list(self.claims.values()):
            if claim.made_at + claim.ttl <= now:
                self.end_claim(claim.id)

    def end_claim(self, claim_id: str) -> None:
        """Its messages are free again."""
        self.claims.pop(claim_id, None)
        for message in self.claimed_by(claim_id):
            message.claim = ""

    def claimed_by(self, claim_id: str) -> list[Message]:
        return [item for item in self.messages.values() if item.claim == claim_id]


@dataclass(slots=True)
class Queues:
    """The queues by project and name, in order of creation."""

    queues: dict[tuple[str, str], Queue] = field(default_factory=dict)


def client_of(call: Call) -> str:
    """Who calls: a UUID that every call must carry. Raises Refusal 400."""
    text = call.headers.get("client-id", "")
    if not text:
        raise Refusal(400, 'The "Client-Id" header is required.', "Missing header value")
    if not _UUID.fullmatch(text):
        raise Refusal(400, "Malformed hexadecimal UUID.", "Wrong UUID value")
    return text.lower().replace("-", "")


def name_of(call: Call) -> str:
    """The queue's name in the path. Raises Refusal 400 for one that no queue can have."""
    client_of(call)
    name = call.params["queue"]
    if len(name) > LONGEST_NAME or not _NAME.fullmatch(name):
        raise Refusal(400, "The name of the queue is not valid.", "Invalid queue identification")
    return name


def queue_of(world: World, call: Call) -> Queue | None:
    """The queue in the path, of the caller's project, as it is now."""
    queue = world.part(Queues).queues.get((call.actor.project_id, name_of(call)))
    if queue is not None:
        queue.forget_old(call.now)
    return queue


def known_queue(world: World, call: Call) -> Queue:
    """The same. Raises Refusal 404 when it is not there."""
    queue = queue_of(world, call)
    if queue is None:
        name, project = call.params["queue"], call.actor.project_id
        raise _missing(f"Queue {name} does not exist for project {project}")
    return queue


def made_queue(world: World, call: Call) -> Queue:
    """The queue in the path, which is made when it is not there."""
    queue = queue_of(world, call)
    if queue is None:
        queue = Queue(name_of(call), call.actor.project_id)
        world.part(Queues).queues[queue.project_id, queue.name] = queue
    return queue


def known(call: Call, queue: Queue, kind: str, things: Mapping[str, T]) -> T:
    """The thing in the path, out of those of a queue. Raises Refusal 404 when it is not there."""
    thing = things.get(call.params["id"])
    if thing is None:
        raise _missing(f"{kind} {call.params['id']} does not exist in queue {queue.name}")
    return thing


def _missing(message: str) -> Refusal:
    return Refusal(404, message, "Not found")


def page_size(call: Call, default: int = PAGE) -> int:
    """How many are asked for. Raises Refusal 400."""
    text = call.option("limit")
    if text and not (text.isdigit() and 1 <= int(text) <= LARGEST_PAGE):
        raise bad(f"The limit must be at least 1 and no greater than {LARGEST_PAGE}.")
    return int(text) if text else default


def flag(call: Call, name: str) -> bool:
    return call.option(name).lower() == "true"


def seconds(values: dict[str, Any], name: str, limits: tuple[int, int], default: int) -> int:
    """A time in seconds that a body may hold. Raises Refusal 400."""
    value = values.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int):
        raise Refusal(400, f'The value of the "{name}" field must be a int.', BODY)
    if not limits[0] <= value <= limits[1]:
        raise bad(f"The {name} must be between {limits[0]} and {limits[1]} seconds.")
    return value


def bad(message: str) -> Refusal:
    return Refusal(400, message, "Invalid API request")


BODY = "Invalid request body"


def shown(call: Call, message: Message) -> dict[str, Any]:
    """A message as it is shown."""
    href = f"/v2/queues/{call.params['queue']}/messages/{message.id}"
    if message.claim:
        href += f"?claim_id={message.claim}"
    return {
        "id": message.id,
        "href": href,
        "ttl": message.ttl,
        "age": message.age(call.now),
        "body": message.body,
    }
