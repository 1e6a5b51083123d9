"""The C parser's complaints, put so that people understand them, with their place.

It decides words only; what is wrong is the parser's judgement.
"""

from __future__ import annotations

from yaml import YAMLError
from yaml.error import MarkedYAMLError
from yaml.reader import ReaderError

from calor.base.diagnostics import Rule
from calor.base.source import Source, Span
from calor.template.reading import NOT_TEXT, SYNTAX, ReadFailure

TAB = Rule(
    "H104",
    "tab in the indentation",
    "YAML forbids tabs in indentation. Replace them by spaces.",
)

# Part of the parser's words -> (ours, what to do).
_WORDS = (
    (
        "mapping values are not allowed",
        "a ': ' makes a map here, where none can be",
        "check the indentation of this line, or put the text in quotes",
    ),
    (
        "could not find expected ':'",
        "this line has no ':' after its key",
        "a line in a map reads 'key: value'",
    ),
    (
        "did not find expected key",
        "a key was expected here",
        "check the indentation of this line and the lines before it",
    ),
    (
        "did not find expected '-' indicator",
        "another item of the list, or the list's end, was expected here",
        "begin the line with '- ', or check its indentation",
    ),
    (
        "did not find expected ',' or ']'",
        "the list in brackets is not closed",
        "add ',' or ']'",
    ),
    (
        "did not find expected ',' or '}'",
        "the map in braces is not closed",
        "add ',' or '}'",
    ),
    (
        "did not find expected node content",
        "a value was expected here",
        "close the bracket or brace, or write a value",
    ),
    (
        "block sequence entries are not allowed",
        "a '- ' begins a list here, where none can be",
        "put the list on lines of its own below the key",
    ),
    (
        "found unknown escape character",
        "this escape with a backslash is unknown",
        "double the backslash, or use single quotes",
    ),
    ("found unexpected end of stream", "the quote is never closed", "add the closing quote"),
    (
        "found undefined tag handle",
        "the handle of this tag is not defined",
        "put quotes around a text that begins with '!'",
    ),
    (
        "found incompatible yaml document",
        "this version of YAML can't be read",
        "remove the %YAML line",
    ),
    (
        "did not find expected comment or line break",
        "nothing but a comment may follow '|' or '>' in its line",
        "put the text on the lines below, indented",
    ),
    (
        "block mappings are not allowed",
        "a map can't begin here",
        "put the map on lines of its own, indented",
    ),
    (
        "did not find expected <document start>",
        "the text goes on after its end",
        "check the indentation, and that all brackets match",
    ),
    (
        "invalid indentation or unexpected",
        "the indentation is not what was expected",
        "indent this line like its neighbours",
    ),
)


def failure(source: Source, error: YAMLError) -> ReadFailure:
    """The one diagnostic that an exception of the C parser becomes."""
    if isinstance(error, ReaderError):
        before = source.text.encode("utf-8", "replace")[: max(error.position, 0)]
        return _no_text(
            source,
            len(before.decode("utf-8", "ignore")),
            "this character is not allowed in YAML",
        )
    if isinstance(error, MarkedYAMLError) and error.problem_mark is not None:
        return _syntax(source, error.problem or "", error)
    return ReadFailure(SYNTAX, "this is not well-formed YAML", Span(source, 0, 1))


def _no_text(source: Source, offset: int, message: str) -> ReadFailure:
    span = Span(source, offset, offset + 1)
    return ReadFailure(NOT_TEXT, message, span, "remove it, or write it as an escape in quotes")


def _syntax(source: Source, problem: str, error: MarkedYAMLError) -> ReadFailure:
    assert error.problem_mark is not None
    offset = min(error.problem_mark.index, len(source.text))
    span = Span(source, offset, min(offset + 1, len(source.text)))
    related: tuple[tuple[Span, str], ...] = ()
    if error.context_mark is not None and error.context_mark.index < offset:
        begin = error.context_mark.index
        related = ((Span(source, begin, begin + 1), "what can't be read begins here"),)
    if problem.startswith("found character that cannot start any token"):
        return _character(source, offset, span)
    for part, message, hint in _WORDS:
        if part in problem.lower():
            return ReadFailure(SYNTAX, message, span, hint, related)
    return ReadFailure(SYNTAX, f"this is not well-formed YAML: {problem}", span, "", related)


def _character(source: Source, offset: int, span: Span) -> ReadFailure:
    character = source.text[offset : offset + 1]
    if character == "\t":
        return ReadFailure(
            TAB, "a tab stands where YAML allows spaces only", span, "replace it by spaces"
        )
    return ReadFailure(
        SYNTAX,
        f"no value can begin with {character!r}",
        span,
        "put quotes around the text",
    )
