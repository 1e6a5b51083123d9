"""A real Heat as somebody to ask, over its REST API."""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence
from typing import Any

import openstack.config
from keystoneauth1.session import Session

from differential.answers import Ended
from differential.corpus import Case
from differential.questions import Question, alone

_NUMBERS = itertools.count(int(time.time()))
"""Stacks are named by them; a former recording may have left some."""
PATIENCE = 600.0
"""Seconds that a stack may take."""
PAUSES = (1, 5, 10)
"""Seconds: a Heat that has too much to do answers 5xx, and so does one that trips over a template.
Only the latter does it again and again."""


class Heat:
    """`cloud` is a name of clouds.yaml; `endpoint` is for a Heat that is not in the catalog,
    without the project."""

    def __init__(self, cloud: str, endpoint: str = "") -> None:
        region = openstack.config.OpenStackConfig().get_one(cloud)
        self._session: Session = region.get_session()
        self._project = self._session.get_project_id()
        found = endpoint or self._session.get_endpoint(service_type="orchestration")
        if not found:
            raise SystemExit(f"{cloud} has no orchestration service; name one with HEAT=URL")
        self._base = found.rstrip("/")
        if not self._base.endswith(self._project):
            self._base += f"/{self._project}"

    def refused(self, cases: Sequence[Case]) -> list[int]:
        """Each is asked by itself: Heat tells one problem at a time."""
        return [number for number, case in enumerate(cases) if self._refuses(alone(case))]

    def _refuses(self, question: Question) -> bool:
        return _is_refusal(self._send("/stacks/preview", "differential", question))

    def create(self, question: Question) -> Ended | None:
        name = f"differential-{next(_NUMBERS)}"
        answer = self._send("/stacks", name, question)
        if _is_refusal(answer):
            return None
        id = answer.json()["stack"]["id"]
        try:
            return self._ended(name, id)
        finally:
            self._session.delete(f"{self._base}/stacks/{name}/{id}", raise_exc=False)

    def _ended(self, name: str, id: str) -> Ended:
        path = f"{self._base}/stacks/{name}/{id}"
        deadline = time.monotonic() + PATIENCE
        while True:
            stack = self._get(path)["stack"]
            if not stack["stack_status"].endswith("IN_PROGRESS"):
                break
            if time.monotonic() > deadline:
                raise SystemExit(f"the stack {name} does not end")
            time.sleep(0.5)
        rows = self._get(f"{path}/resources?nested_depth=2")["resources"]
        return Ended(
            stack["stack_status"] == "CREATE_COMPLETE",
            tuple(row["resource_name"] for row in rows if _is(row, "CREATE_COMPLETE")),
            tuple(row["resource_name"] for row in rows if _has_failed(row)),
            {item["output_key"]: item["output_value"] for item in stack["outputs"]},
            {id: "STACK-ID", name: "STACK", self._project: "PROJECT"},
        )

    def _send(self, path: str, name: str, question: Question) -> Any:
        body = {
            "stack_name": name,
            "template": question.template,
            "files": question.files,
            "disable_rollback": True,
        }
        for pause in PAUSES:
            answer = self._session.post(self._base + path, json=body, raise_exc=False)
            if answer.status_code < 500:
                break
            time.sleep(pause)
        return answer

    def _get(self, url: str) -> Any:
        return self._session.get(url, headers={"Accept": "application/json"}).json()


def _is_refusal(answer: Any) -> bool:
    """Whether the template was refused. Anything else that is no success ends the recording."""
    if answer.status_code in (400, 500):
        return True
    answer.raise_for_status()
    return False


def _is(row: dict[str, Any], state: str) -> bool:
    return bool(row["resource_status"] == state)


def _has_failed(row: dict[str, Any]) -> bool:
    """Whether it failed itself: what Heat stops when another fails, fails too."""
    reason = row["resource_status_reason"] or ""
    return _is(row, "CREATE_FAILED") and "cancel" not in reason and "abort" not in reason
