"""YAQL expressions, and what bounds them."""

from calor.base.values import Sensitive
from support.expressions import U
from support.function_tables import Cases, Fails, misuse, wrong


def _case(expression: str, data: str, value: object) -> tuple[str, object]:
    quoted = expression.replace("'", "''")
    return f"{{yaql: {{expression: '{quoted}', data: {data}}}}}", value


CASES: Cases = {
    ("yaql", 1): [
        _case("$.data.sum()", "[1, 2, 3]", 6),
        _case("$.data.where($ > 1).select($ * 2)", "[1, 2, 3]", [4, 6]),
        _case("$.data.a.b[0]", "{a: {b: [x]}}", "x"),
        _case("$.data.get(nothing)", "{a: 1}", None),
        _case("$.data.get(nothing, '-')", "{a: 1}", "-"),
        _case("dict($.data.select([$.k, $.v]))", "[{k: a, v: 1}, {k: ü, v: null}]",
              {"a": 1, "ü": None}),
        _case("$.data.toSet()", "[b, a, b]", ["a", "b"]),
        _case("$.data.flatten()", "[[1, [2]], 3]", [1, 2, 3]),
        _case("$.data.items().select($[0] + '=' + $[1])", "{a: x, b: y}", ["a=x", "b=y"]),
        _case("$.data.len()", "[]", 0),
        _case("$.data", "null", None),
        _case("$.data.toUpper()", "ü", "Ü"),
        _case("dict(true => b)", "null", {"true": "b"}),
        _case("dict(2 => a, null => b)", "null", {"2": "a", "null": "b"}),
        _case("$.data =~ '^a+$'", "aaa", True),
        _case("regex('([a-z]+)-([0-9]+)').search($.data, $3.value)", "ab-12", "12"),
        _case("datetime('2020-02-03 04:05:06')", "null", "2020-02-03T04:05:06.000000"),
        ("{yaql: {expression: $.data.len()}}", 0),
        ("{yaql: {expression: {get_param: text}}}", "hello"),
        ("{yaql: {expression: {get_param: number}}}", misuse("a text as expression")),
        ("{if: [{yaql: {expression: $.data.len() = 3, data: {get_param: list}}}, 1, 2]}", 1),
        ("{if: [{yaql: {expression: $.data, data: {get_param: list}}}, 1, 2]}",
         misuse("true or false, not a list")),
        ("{if: [{yaql: {expression: $.data, data: {get_attr: [server, name]}}}, 1, 2]}",
         Fails("H408", "get_attr can't be used in conditions")),
        _case("$.data.sum()", "{get_param: mixed}", U),
        _case("1", "{get_param: unknown}", U),
        ("{yaql: {expression: {get_param: unknown}, data: 1}}", U),
        _case("$.data.join('+')", "{get_param: secret_list}", Sensitive("p+q")),
        _case("$.data.nothing", "{get_param: secret_map}", misuse("a key or an item")),
        _case("int($.data)", "{get_param: secret}", misuse("can't be evaluated")),
        _case("$.data[7]", "[1]", misuse("a key or an item")),
        _case("$.data + 1", "abc", misuse("can't work with its values")),
        _case("$.data.shout()", "abc", misuse("a method that there is not")),
        _case("shout($.data)", "abc", misuse('Unknown function "shout"')),
        _case("$.data / 0", "1", misuse("divides by zero")),
        _case("range(201)", "null", misuse("more than 200 items")),
        _case("'a' * 10000", "null", misuse("more than 10000 bytes")),
        _case("pow(10, pow(10, 10))", "null", misuse("a number becomes too large")),
        _case("shiftBitsLeft(1, 10000000000)", "null", misuse("a number becomes too large")),
        _case("$.data =~ '(a+)+$'", f"{'a' * 60}b", misuse("split in many ways")),
        _case("regex('.*.*.*x').matches($.data)", "a" * 5000, misuse("may take too long")),
        _case("regex('a')", "null", misuse("no template can hold")),
        _case(f"{'not ' * 3000}true", "null", misuse("nests too deep")),
        _case("$.data.select(", "[1]", wrong("can't read the expression")),
        _case("", "[1]", wrong("can't read the expression")),
        ("{yaql: {expression: 5}}", wrong("a text as expression, not a number")),
        ("{yaql: {expression: [a]}}", wrong("a text as expression, not a list")),
        ("{yaql: {data: [1]}}", wrong("lacks the key 'expression'")),
        ("{yaql: {expression: $.data, date: 1}}", wrong("not 'date'")),
        ("{yaql: $.data}", wrong("needs a map")),
    ],
}  # fmt: skip
