"""Only where clouds are given; and in the end nothing may be left in them."""

from __future__ import annotations

import re
import time

import pytest
from xdist.scheduler import LoadScopeScheduling

from conformance.given import ADMIN, CLOUD, RealUser, is_real, network

collect_ignore_glob = [] if is_real() else ["test_*.py"]

WHAT_TO_GIVE = (
    "these tests run on a real cloud: make test-openstack CLOUD=NAME ADMIN=NAME, with names of\n"
    "clouds.yaml: CLOUD a member of a project with an external network 'public', a network\n"
    "'private', an image 'tiny' and flavors m1.nano and m1.tiny; ADMIN an administrator"
)
OURS = {
    "network": (
        "networks",
        "subnets",
        "ports",
        "routers",
        "floatingips",
        "security-groups",
    ),
    "compute": ("servers", "os-server-groups", "os-keypairs"),
    "volume": ("volumes", "snapshots"),
    "image": ("images",),
}
"""What a project may hold, by service."""
EVERYBODYS = {
    "compute": ("flavors?is_public=None",),
    "identity": (
        "projects?domain_id={domain}",
        "users?domain_id={domain}",
        "roles",
        "OS-TRUST/trusts?trustee_user_id={user}",
    ),
}
"""What only an administrator makes or sees; in the administrator's own domain, since other services
keep projects and users in domains of theirs, and may be at work beside the tests."""
ROOTS = {
    "network": "v2.0",
    "compute": "v2.1",
    "volume": "v3/{project}",
    "image": "v2",
    "identity": "v3",
}
TOGETHER = ("conformance/test_client", "scenarios/test_rules_about_things")
PATIENCE = 60.0
"""Seconds that slow deletions get."""

Things = dict[str, str]

before: dict[str, Things] = {}
left: list[str] = []


def pytest_configure(config: pytest.Config) -> None:
    asked = any("conformance" in str(argument) for argument in config.args)
    if asked and not is_real():
        raise pytest.UsageError(WHAT_TO_GIVE)


class ByType(LoadScopeScheduling):  # type: ignore[misc]  # untyped
    """Tests of one type of resource go to one worker, since they use the same names; so do those
    of the client, and those of the same named things; all others go anywhere."""

    def _split_scope(self, nodeid: str) -> str:
        found = re.search(r"OS::\w+::\w+", nodeid)
        if found:
            return found[0]
        return next((file for file in TOGETHER if file in nodeid), nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByType:
    return ByType(config, log)


def pytest_sessionstart(session: pytest.Session) -> None:
    if is_real() and _is_first(session):
        before.update(everything())


def pytest_sessionfinish(session: pytest.Session) -> None:
    if not before or not _is_first(session):
        return
    end = time.monotonic() + PATIENCE
    while found := _new(before, everything()):
        if time.monotonic() > end:
            left.extend(found)
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
            return
        time.sleep(2)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if left:
        terminalreporter.section("left in the cloud")
        for line in left:
            terminalreporter.line(line)
    elif before:
        terminalreporter.line("nothing is left in the cloud")


def _is_first(session: pytest.Session) -> bool:
    """Whether this process is not one of several workers."""
    return not hasattr(session.config, "workerinput")


def _new(old: dict[str, Things], now: dict[str, Things]) -> list[str]:
    return [
        f"{kind}: {name} {id}"
        for kind, things in now.items()
        for id, name in things.items()
        if id not in old[kind]
    ]


def everything() -> dict[str, Things]:
    """What there is, by project and kind: names by id."""
    user = RealUser(CLOUD, network(CLOUD))
    admin = RealUser(ADMIN, network(ADMIN))
    found = {}
    for who, kinds in ((user, OURS), (admin, OURS), (admin, EVERYBODYS)):
        for service, paths in kinds.items():
            for path in paths:
                found[f"{who.project_id} {path}"] = _listed(who, service, path)
    return found


def _listed(who: RealUser, service: str, path: str) -> Things:
    if service == "network":
        path += f"?project_id={who.project_id}"
    path = path.replace("{user}", who.user_id).replace("{domain}", who.domain_id)
    status, body = who.ask("GET", f"/{service}/{ROOTS[service]}/{path}")
    assert status == 200, (path, body)
    items = next(value for value in body.values() if isinstance(value, list))
    inner = [item.get("keypair", item) for item in items]
    return {str(item.get("id") or item["name"]): str(item.get("name") or "") for item in inner}
