"""One operation after another, each with a kill at a random moment, and what must hold after it."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from kill.machines import Gone, Machine
from kill.stack import TWINS, needs, template
from kill.user import User

NAME = "killed"
DERIVED = ("network:", "compute:")
TIES = ("OS::Neutron::RouterInterface", "OS::Cinder::VolumeAttachment")


@dataclass
class Figures:
    """What is printed in the end. Times are seconds."""

    kills: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    starts: list[float] = field(default_factory=list)
    undisturbed: dict[str, float] = field(default_factory=dict)
    disturbed: dict[str, list[float]] = field(default_factory=dict)


class Rounds:
    """Create, update, delete, and again, until enough kills have struck."""

    def __init__(self, user: User, server: Machine, seed: int) -> None:
        self._user = user
        self._server = server
        self._chance = random.Random(seed)
        self._foreign: dict[str, tuple[str, str, Any]] = {}
        self._id = ""
        self._version = 0
        self.figures = Figures()

    def run(self, kills: int) -> None:
        self._plant()
        self._round(disturbed=False)
        while self.figures.kills.total() < kills:
            self._round(disturbed=True)

    def _round(self, *, disturbed: bool) -> None:
        for action in ("CREATE", "UPDATE", "DELETE"):
            began = time.monotonic()
            killer = self._killer(action) if disturbed else None
            getattr(self, f"_{action.lower()}")()
            stack = self._user.final(NAME, self._id)
            if killer is not None:
                killer.join()
                stack = self._user.final(NAME, self._id)
            took = time.monotonic() - began
            if disturbed:
                self.figures.disturbed.setdefault(action, []).append(took)
            else:
                self.figures.undisturbed[action] = took
            self._check(action, stack)

    # --- operations ---------------------------------------------------------------------------

    def _create(self) -> None:
        """Asks until the stack is there: the first answer may never come."""
        self._version = 0
        body = {
            "stack_name": NAME,
            "template": template(0),
            "disable_rollback": True,
            "timeout_mins": 5,
        }
        while True:
            status, answer = self._user.call("POST", "/stacks", body)
            found = self._user.stack(NAME)
            if found is not None and found["id"] != self._id:
                self._id = found["id"]
                return
            assert status == 201, answer

    def _update(self) -> None:
        self._version = 1
        body = {"template": template(1), "disable_rollback": True, "timeout_mins": 5}
        status, answer = self._user.call("PUT", f"/stacks/{NAME}/{self._id}", body)
        assert status == 202, answer

    def _delete(self) -> None:
        status, answer = self._user.call("DELETE", f"/stacks/{NAME}/{self._id}")
        assert status in (204, 404), answer

    def _killer(self, action: str) -> threading.Thread:
        """Strikes within the time that the operation takes undisturbed, one time in four twice."""
        times = 2 if self._chance.random() < 0.25 else 1
        span = self.figures.undisturbed[action]
        pauses = [self._chance.uniform(0.0, span) for _ in range(times)]

        def strike() -> None:
            for pause in pauses:
                time.sleep(pause)
                self._server.kill()
                self.figures.kills[action] += 1
                self.figures.starts.append(self._server.start())

        thread = threading.Thread(target=strike)
        thread.start()
        return thread

    # --- what must hold -------------------------------------------------------------------------

    def _plant(self) -> None:
        for kind, (path, key, body) in TWINS.items():
            made = self._user.at_cloud("POST", path, {key: body})[key]
            self._foreign[made["id"]] = (kind, path, made["name"])

    def _check(self, action: str, stack: dict[str, Any]) -> None:
        state = stack["stack_status"]
        self.figures.states[state] += 1
        reason = stack.get("stack_status_reason")
        assert state == f"{action}_COMPLETE", f"{state}: {reason}\n{self._server.log()}"
        self._check_foreign()
        self._check_order(action)
        resources = []
        if action != "DELETE":
            resources = self._user.listed(NAME, self._id, "resources")
            names = sorted(item["resource_name"] for item in resources)
            assert names == sorted(template(self._version)["resources"]), names
        self._check_things(resources)

    def _check_foreign(self) -> None:
        for id, (kind, path, name) in self._foreign.items():
            shown = self._user.at_cloud("GET", f"{path}/{id}")
            thing = next(iter(shown.values()))
            assert thing["name"] == name, f"the foreign {kind} was changed"

    def _check_things(self, resources: list[dict[str, Any]]) -> None:
        """Every thing belongs to one resource, every resource has its thing."""
        held: Counter[str] = Counter(
            item["physical_resource_id"] for item in resources if item["resource_type"] not in TIES
        )
        assert all(count == 1 for count in held.values()), held
        found = self._user.at_cloud("GET", "/sandbox/leftovers")["leftovers"]
        there = [item["id"] for item in found]
        strange = [
            item
            for item in found
            if item["id"] not in held
            and item["id"] not in self._foreign
            and item["kind"] not in ("trust", "attachment", "volume_attachment")
            and not self._derived(item)
        ]
        assert not strange, f"belongs to no resource: {strange}"
        missing = [
            item["resource_name"]
            for item in resources
            if item["resource_type"] not in (*TIES, "OS::Neutron::SecurityGroupRule")
            and item["physical_resource_id"] not in there
        ]
        assert not missing, f"not in the cloud: {missing}"

    def _derived(self, thing: dict[str, Any]) -> bool:
        if thing["kind"] != "port":
            return False
        try:
            port = self._user.at_cloud("GET", f"/network/v2.0/ports/{thing['id']}")["port"]
        except Gone:
            return False
        return bool(port["device_owner"].startswith(DERIVED))

    def _check_order(self, action: str) -> None:
        """Times never go back; a dependency is complete before its user starts, and goes after."""
        events = self._user.listed(NAME, self._id, "events")
        times = [event["event_time"] for event in events]
        assert times == sorted(times), "events go back in time"
        told = [(event["resource_name"], event["resource_status"]) for event in events]
        for name, needed in needs(self._version).items():
            for other in needed:
                if action == "CREATE":
                    self._comes_before(
                        told, (other, "CREATE_COMPLETE"), (name, "CREATE_IN_PROGRESS")
                    )
                elif action == "DELETE":
                    self._comes_before(
                        told, (name, "DELETE_COMPLETE"), (other, "DELETE_IN_PROGRESS"), last=True
                    )

    @staticmethod
    def _comes_before(
        told: list[tuple[str, str]],
        first: tuple[str, str],
        second: tuple[str, str],
        *,
        last: bool = False,
    ) -> None:
        begun = [index for index, item in enumerate(told) if item == second]
        ended = [index for index, item in enumerate(told) if item == first]
        assert ended, f"{first} never happened"
        if last:
            # The rule is replaced by the update, so that it is deleted twice.
            assert max(ended) < max(begun), f"{second} comes before {first}"
        else:
            assert min(ended) < min(begun), f"{second} comes before {first}"
