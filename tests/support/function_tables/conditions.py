"""Conditions, and what they choose."""

from calor.base.values import Sensitive
from support.expressions import U
from support.function_tables import Cases, Fails, misuse, wrong


def _conditional(condition: str, value: object) -> tuple[str, object]:
    """A condition alone is plain data, so each is asked for by an `if`."""
    return f"{{if: [{condition}, true, false]}}", value


def _conditionals(function: str, *cases: tuple[str, object]) -> list[tuple[str, object]]:
    """Cases of one condition function: its arguments, and what it is."""
    return [_conditional(f"{{{function}: {written}}}", value) for written, value in cases]


_NO_CONDITION = Fails("H409", "a condition was expected")

CASES: Cases = {
    ("if", 1): [
        ("{if: ['on', 1, 2]}", 1),
        ("{if: ['off', 1, 2]}", 2),
        ("{if: [true, null, 2]}", None),
        ("{if: [never, {a: ü}, [1, {b: []}]]}", [1, {"b": []}]),
        ("{if: [{equals: [{get_param: text}, hello]}, {get_param: list}, 2]}", ["a", "b", "c"]),
        ("{if: ['off', {get_param: unknown}, 1]}", 1),
        ("{if: [{get_param: unknown}, 1, 2]}", U),
        ("{if: [{get_param: secret_yes}, 1, 2]}", Sensitive(1)),
        ("{if: [{get_param: text}, 1, 2]}", misuse("true or false, not a text")),
        ("{if: ['on', 1]}", wrong("and got 2 items")),
        ("{if: ['on', 1, 2, 3]}", wrong("and got 4 items")),
        ("{if: 'on'}", wrong("needs a list")),
        ("{if: [5, 1, 2]}", _NO_CONDITION),
        ("{if: [nothing, 1, 2]}", Fails("H403", "no condition 'nothing'")),
    ],
    ("if", 2): [
        ("{if: ['on', 1]}", 1),
        ("{if: ['off', 1]}", None),
        ("{a: 1, b: {if: ['off', 1]}}", {"a": 1}),
        ("[1, {if: ['off', 1]}, {if: ['on', 2]}]", [1, 2]),
        ("{a: {b: {if: ['off', 1]}}}", {"a": {}}),
        ("{a: {if: ['on', {if: ['off', 1]}, 2]}}", {}),
        ("[{if: ['off', 1]}, null]", [None]),
        ("{list_join: ['-', [{if: ['off', a]}, b]]}", "b"),
        ("{a: {if: [{get_param: unknown}, 1]}}", {"a": U}),
        ("[{if: [{get_param: secret_yes}, {if: ['off', 1]}]}]", []),
        ("{if: ['on', 1, 2]}", 1),
        ("{if: ['on']}", wrong("and got 1 item")),
        ("{if: []}", wrong("and got 0 items")),
        ("{if: [null, 1]}", _NO_CONDITION),
    ],
    ("equals", 1): _conditionals(
        "equals",
        ("[1, 1]", True),
        ("[1, '1']", False),
        ("[null, '']", False),
        ("[[a, {b: 1}], [a, {b: 1}]]", True),
        ("[ü, 'ü']", True),
        ("[{get_param: list}, [a, b, c]]", True),
        ("[{get_param: text}, {get_param: unknown}]", U),
        ("[{get_param: secret}, s3cret]", Sensitive(True)),
        ("[1]", wrong("and got 1 item")),
        ("[1, 2, 3]", wrong("and got 3 items")),
        ("abc", wrong("needs a list")),
        ("[{get_attr: [server, name]}, a]", Fails("H408", "get_attr can't be used in conditions")),
    ),
    ("not", 1): _conditionals(
        "not",
        ("'on'", False),
        ("never", True),
        ("true", False),
        ("{not: {not: 'off'}}", True),
        ("{equals: [1, 2]}", True),
        ("{get_param: 'no'}", True),
        ("{get_param: unknown}", U),
        ("{get_param: secret_yes}", Sensitive(False)),
        ("{get_param: number}", misuse("true or false, not a number")),
        ("{get_param: 'null'}", misuse("true or false, not null")),
        ("null", _NO_CONDITION),
        ("['on']", _NO_CONDITION),
    ),
    ("and", 1): _conditionals(
        "and",
        ("['on', true]", True),
        ("['on', 'on', never]", False),
        ("[{get_param: 'yes'}, {or: ['off', 'on']}]", True),
        ("['on', {get_param: 'no'}, {get_param: unknown}]", False),
        ("[{get_param: unknown}, 'off']", False),
        ("['on', {get_param: unknown}]", U),
        ("['on', {get_param: secret_yes}]", Sensitive(True)),
        ("['on', {get_param: text}]", misuse("not a text")),
        ("['on']", wrong("and got 1 item")),
        ("[]", wrong("and got 0 items")),
        ("'on'", wrong("needs a list")),
        ("['on', 1]", _NO_CONDITION),
    ),
    ("or", 1): _conditionals(
        "or",
        ("['off', false]", False),
        ("['off', 'on']", True),
        ("['off', {and: ['on', {not: never}]}]", True),
        ("['off', {get_param: unknown}, 'on']", True),
        ("['off', {get_param: unknown}]", U),
        ("['off', {get_param: secret_yes}]", Sensitive(True)),
        ("['off', {get_param: list}]", misuse("not a list")),
        ("['on']", wrong("and got 1 item")),
        ("{a: b}", wrong("needs a list")),
        ("['on', '']", _NO_CONDITION),
    ),
    ("contains", 1): [
        ("{contains: [a, [a, b]]}", True),
        ("{contains: [c, [a, b]]}", False),
        ("{contains: [a, []]}", False),
        ("{contains: [null, [null]]}", True),
        ("{contains: ['1', [1]]}", False),
        ("{contains: [[a], [[a], b]]}", True),
        ("{contains: [ä, 'xäy']}", True),
        ("{contains: ['', abc]}", True),
        ("{contains: [{get_param: text}, {get_param: list}]}", False),
        ("{contains: [{get_param: unknown}, [a]]}", U),
        ("{contains: [a, {get_param: mixed}]}", U),
        ("{contains: [p, {get_param: secret_list}]}", Sensitive(True)),
        _conditional("{contains: [b, {get_param: list}]}", True),
        _conditional("{not: {contains: [b, {get_param: list}]}}", False),
        _conditional("{contains: [{get_attr: [server, name]}, [a]]}",
                     Fails("H408", "get_attr can't be used in conditions")),
        ("{contains: [a, {get_param: map}]}", misuse("into a map")),
        ("{contains: [a, null]}", misuse("into null")),
        ("{contains: [1, '123']}", misuse("a number in a text")),
        ("{contains: [a]}", wrong("and got 1 item")),
        ("{contains: [a, [b], [c]]}", wrong("and got 3 items")),
        ("{contains: {a: b}}", wrong("needs a list")),
    ],
}  # fmt: skip
