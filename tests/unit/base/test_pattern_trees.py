"""What is used of `re` that no document promises is as `patterns` and `tangles` take it to be."""

import pytest

from calor.base.pattern_trees import ENDLESS, compiled, take_apart


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("a", ["LITERAL"]),
        ("[^a].", ["NOT_LITERAL", "ANY"]),
        (r"[ab]\d$", ["IN", "IN", "AT"]),
        ("a*b+?", ["MAX_REPEAT", "MIN_REPEAT"]),
        ("a++(?>b)", ["POSSESSIVE_REPEAT", "ATOMIC_GROUP"]),
        ("(a)(?=b)(?!c)", ["SUBPATTERN", "ASSERT", "ASSERT_NOT"]),
        (r"(a|bc)\1", ["SUBPATTERN", "GROUPREF"]),
        ("ab|cd", ["BRANCH"]),
        ("(a)?(?(1)b|c)", ["MAX_REPEAT", "GROUPREF_EXISTS"]),
    ],
)
def test_steps_have_their_names(pattern: str, names: list[str]) -> None:
    tree, _ = take_apart(pattern)
    assert [str(name) for name, _ in tree] == names


def test_what_steps_need() -> None:
    ((_, (least, most, part)),) = take_apart("(?:ab){2,}")[0]
    assert (least, most, len(part)) == (2, ENDLESS, 2)
    ((_, (group, more, less, inner)),) = take_apart("(?i:a)")[0]
    assert (group, more, less, len(inner)) == (None, 2, 0, 1)
    ((_, (_, branches)),) = take_apart("ab|cde")[0]
    assert [len(branch) for branch in branches] == [2, 3]


def test_single_steps_are_compiled_with_their_flags() -> None:
    tree, flags = take_apart("(?i)a")
    ((name, value),) = tree
    assert compiled(name, value, flags).match("A")
    assert not compiled(name, value, 0).match("A")


@pytest.mark.parametrize("pattern", ["(", "a{2,1}", "(?P<", "*"])
def test_what_is_no_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"position|greater"):
        take_apart(pattern)
