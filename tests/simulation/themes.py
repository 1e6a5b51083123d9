"""What each seed is sure to meet beside what it draws, so that rare things come early.

Themes repeat in a cycle; they say nothing about what must hold.
"""

from __future__ import annotations

from dataclasses import dataclass

from support.troubles import Kill, Mishap, PlannedKill, PlannedMishap


@dataclass(frozen=True)
class Theme:
    """`kinds` the first stack has at least; `replaced` kinds are replaced by its first update;
    kills and mishaps strike its first operations."""

    name: str
    kinds: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    kills: tuple[PlannedKill, ...] = ()
    mishaps: tuple[PlannedMishap, ...] = ()
    admin: bool = False
    rolls_back: bool = False
    hasty: bool = False


def _lost(path: str, method: str = "POST") -> tuple[PlannedMishap, ...]:
    return (PlannedMishap(Mishap.LOST_AFTER, 1, method, path),)


def _cut(path: str, method: str = "POST") -> tuple[PlannedKill, ...]:
    return (PlannedKill(Kill.BEFORE_ANSWER, 1, method, path),)


def _mishap(kind: Mishap, path: str = "", method: str = "", nth: int = 1) -> PlannedMishap:
    return PlannedMishap(kind, nth, method, path)


NETWORK = "network/v2.0/"
THEMES: tuple[Theme, ...] = (
    Theme("kill before a call", ("net", "port"), kills=(
        PlannedKill(Kill.BEFORE_CALL, 1, "POST", "networks"),
        PlannedKill(Kill.BEFORE_CALL, 1, "POST", "ports"))),
    Theme("lost likeness", ("floating",), mishaps=_lost(NETWORK + "floatingips")),
    Theme("kill after a call", ("server", "volume"), kills=(
        PlannedKill(Kill.AFTER_CALL, 1, "POST", "/servers$"),
        PlannedKill(Kill.AFTER_CALL, 1, "POST", "/volumes$"))),
    Theme("haste", ("server", "net"), hasty=True, mishaps=(
        _mishap(Mishap.HELD, NETWORK + "networks", "POST"),)),
    Theme("kill before an answer", ("server", "router"), kills=_cut("/servers$")),
    Theme("lost natural key", ("key", "rule"), mishaps=(
        *_lost("os-keypairs"), *_lost("security-group-rules"))),
    Theme("new first", ("server", "rule", "volume"), replaced=("server", "rule", "volume")),
    Theme("kill before a commit", ("net",), kills=(
        PlannedKill(Kill.BEFORE_COMMIT, 3), PlannedKill(Kill.BEFORE_COMMIT, 2))),
    Theme("rollback", ("server", "volume"), rolls_back=True, mishaps=(
        _mishap(Mishap.SERVER_ERROR, "/servers$", "POST"),
        _mishap(Mishap.VOLUME_ERROR, "/volumes$", "POST"))),
    Theme("old first", ("key", "interface"), replaced=("key", "interface")),
    Theme("kill after a commit", ("port",), kills=(
        PlannedKill(Kill.AFTER_COMMIT, 3), PlannedKill(Kill.AFTER_COMMIT, 3))),
    Theme("nested", ("stack", "file", "many"), kills=(
        PlannedKill(Kill.AFTER_CALL, 2, "POST", "networks|volumes|ports"),)),
    Theme("lost before the effect", ("net", "volume"), mishaps=(
        _mishap(Mishap.LOST_BEFORE, "networks", "POST"),
        _mishap(Mishap.LOST_BEFORE, "/volumes$", "POST"))),
    Theme("kill at a callback", ("server",), kills=(
        PlannedKill(Kill.CALLBACK, 400), PlannedKill(Kill.CALLBACK, 300))),
    Theme("lost names", ("net", "server", "volume"), mishaps=(
        *_lost(NETWORK + "networks"), *_lost("/servers$"), *_lost("/volumes$"))),
    Theme("kill after an answer", ("volume", "group"), kills=(
        PlannedKill(Kill.AFTER_ANSWER, 1, "POST", "/volumes$"),
        PlannedKill(Kill.AFTER_ANSWER, 1, "POST", "security-groups"))),
    Theme("lost interface", ("association", "interface"), mishaps=(
        *_lost("add_router_interface", "PUT"), *_lost("floatingips/", "PUT"))),
    Theme("lost identity", ("project", "user", "role", "flavor"), admin=True, mishaps=(
        *_lost("/projects$"), *_lost("/users$"), *_lost("/roles$"), *_lost("/flavors$"))),
    Theme("busy", ("net", "server"), mishaps=(
        _mishap(Mishap.BUSY_503, "networks", "POST"), _mishap(Mishap.LIMIT_429, "", "", 5),
        _mishap(Mishap.NOT_SENT, "", "", 9), _mishap(Mishap.GATEWAY_502, "", "GET", 5))),
    Theme("errors", ("volume", "port"), mishaps=(
        _mishap(Mishap.LATE, "subnets", "POST"), _mishap(Mishap.ERROR_AFTER, "ports", "POST"),
        _mishap(Mishap.SLOW, "/volumes$", "POST"),
        _mishap(Mishap.UNAUTHORIZED, "", "GET", 7), _mishap(Mishap.ERROR_500, "", "GET", 9))),
    Theme("kill while nested", ("many", "stack"), hasty=True, kills=(
        PlannedKill(Kill.CALLBACK, 900),)),
    Theme("attached", ("attachment",), mishaps=(
        *_lost("os-volume_attachments"), _mishap(Mishap.CONFLICT_409, "", "DELETE"))),
    Theme("kill within a PUT", ("association",), kills=_cut("floatingips/", "PUT")),
    Theme("marks", ("port", "subnet", "group", "servergroup"), mishaps=(
        *_lost(NETWORK + "ports"), *_lost("security-groups"), *_lost("os-server-groups"))),
    Theme("plain"),
)  # fmt: skip


def theme_of(seed: int) -> Theme:
    return THEMES[seed % len(THEMES)]
