"""What readers of Zaqar's queues see."""

from __future__ import annotations

from typing import Any

from support.user import CloudUser

READER = {"Client-ID": "22222222-2222-2222-2222-222222222222"}
PAGE = 20


def bodies(user: CloudUser, queue: str) -> list[dict[str, Any]]:
    """What was posted to a queue of the user's project, in order."""
    found: list[dict[str, Any]] = []
    marker = ""
    while True:
        path = f"/messaging/v2/queues/{queue}/messages?limit={PAGE}&marker={marker}"
        status, page = user.ask("GET", path, headers=READER)
        assert status == 200, page
        if not page["messages"]:
            return found
        found += [message["body"] for message in page["messages"]]
        marker = page["messages"][-1]["id"]
