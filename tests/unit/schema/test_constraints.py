"""Constraints: what each lets pass and what not."""

from __future__ import annotations

from typing import Any

import pytest

from calor.schema import (
    FORMATS,
    AllowedPattern,
    AllowedValues,
    Constraint,
    Length,
    Modulo,
    Range,
)

CASES: list[tuple[Constraint, list[Any], list[Any]]] = [
    (Length(2, 3), ["ab", [1, 2, 3]], ["a", "abcd", {}]),
    (Length(max=1), ["", "a"], ["ab"]),
    (Range(1, 3), [1, 2.5, 3], [0, 3.1]),
    (Range(min=0), [0, 10**9], [-1]),
    (Modulo(8, 1), [1, 9], [8, 10]),
    (AllowedValues("a", 6), ["a", 6, "6", ["a", "a"]], ["b", ["a", "b"]]),
    (AllowedPattern("[a-z]+"), ["abc"], ["abc1", ""]),
    (FORMATS["ip_addr"], ["192.0.2.1", "2001:db8::1"], ["192.0.2", "192.0.2.0/24", ""]),
    (
        FORMATS["net_cidr"],
        ["192.0.2.0/24", "2001:db8::/64", "0.0.0.0/0"],
        ["192.0.2.1/24", "192.0.2.0", "x/24"],
    ),
    (FORMATS["ip_or_cidr"], ["192.0.2.1", "192.0.2.0/24"], ["192.0.2.1/24", "x"]),
    (
        FORMATS["mac_addr"],
        ["fa:16:3e:00:00:01", "fa-16-3e-00-00-01", "fa163e000001"],
        ["fa:16:3e:00:00", "fa:16-3e:00:00:01", "gg:16:3e:00:00:01"],
    ),
    (
        FORMATS["dns_name"],
        ["web", "web.example.org", "web.example.org.", ""],
        ["-web", "web-", "a..b", "x" * 64, "web.123", "we_b"],
    ),
    (FORMATS["rel_dns_name"], ["web", "web.a"], ["web.", "-a"]),
    (FORMATS["dns_domain"], ["example.org.", ""], ["example.org", "org.", "-a.org."]),
    (FORMATS["timezone"], ["Europe/Berlin", "UTC", ""], ["Europe/Nowhere"]),
    (FORMATS["cron_expression"], ["* * * * *", "0 */2 1-5 jan mon-fri"], ["* * * *", "60 * * * *"]),
    (FORMATS["iso_8601"], ["2030-01-31T12:00:00Z"], ["soon", "2030-13-01"]),
    (FORMATS["expiration"], ["2030-01-31T12:00:00"], ["never"]),
    (FORMATS["json_string"], ['{"a": 1}', "3"], ["{a", None]),
]


@pytest.mark.parametrize(("constraint", "good", "bad"), CASES)
def test_constraint(constraint: Constraint, good: list[Any], bad: list[Any]) -> None:
    assert [value for value in good if constraint.check(value) is not None] == []
    assert [value for value in bad if constraint.check(value) is None] == []
    assert all(constraint.check(value) != "" for value in bad)


def test_shown_as_heat_shows_them() -> None:
    assert Range(1, 3).to_json() == {"range": {"min": 1, "max": 3}}
    assert Length(max=5).to_json() == {"length": {"max": 5}}
    assert AllowedValues("a").to_json() == {"allowed_values": ["a"]}
    assert FORMATS["ip_addr"].to_json() == {"custom_constraint": "ip_addr"}
