"""The event sinks of an environment, checked against their kinds.

Codes R15x. Whether the cloud has the service that a kind needs is asked elsewhere.
"""

from __future__ import annotations

from calor.base.diagnostics import Diagnostics, Rule
from calor.base.source import MappingNode, Node
from calor.base.spelling import did_you_mean, listed
from calor.base.values import Value
from calor.model.stack import Sink
from calor.planning.composition import WrittenSink
from calor.sinks import kind_named, names
from calor.sinks.kind import SinkKind
from calor.template.environment import Environment
from calor.template.plain import locate, locate_key, to_plain

UNKNOWN_SINK = Rule(
    "R154",
    "unknown kind of event sink",
    "Each item of event_sinks is a map whose `type` says where events are sent. `zaqar-queue` is"
    " the kind that there is.",
)
WRONG_SINK = Rule(
    "R155",
    "wrong setting of an event sink",
    "An event sink lacks something that its kind needs, or has something that the kind does not"
    " take. A `zaqar-queue` has a `target`, which is the queue's name, and may have a `ttl`, the"
    " seconds that a message stays there: 60 to 1209600.",
)
TYPE = "type"


def sinks_of(environment: Environment, diagnostics: Diagnostics) -> tuple[WrittenSink, ...]:
    """The sinks of a merged environment, each once. What is wrong goes to the diagnostics."""
    found: list[WrittenSink] = []
    for node in environment.event_sinks:
        written = to_plain(node)
        kind = _kind(node, written, diagnostics)
        if kind is None:
            continue
        settings = {name: value for name, value in written.items() if name != TYPE}
        problems = kind.schema.check(settings)
        for problem in problems:
            place = locate if problem.kind in ("type", "constraint") else locate_key
            diagnostics.add(
                WRONG_SINK,
                f"event sink {kind.name}: {problem.message}",
                place(node, problem.path),
                hint=problem.hint or listed(sorted(kind.schema.properties)),
            )
        sink = Sink(kind.name, kind.schema.normalise(settings))
        if not problems and all(sink != other.sink for other in found):
            found.append(WrittenSink(sink, node.span))
    return tuple(found)


def _kind(node: Node, written: Value, diagnostics: Diagnostics) -> SinkKind | None:
    if not isinstance(node, MappingNode) or not isinstance(written.get(TYPE), str):
        diagnostics.add(
            UNKNOWN_SINK,
            "an event sink is a map with a type",
            node.span if not isinstance(node, MappingNode) else locate(node, (TYPE,)),
            hint="write it as {type: zaqar-queue, target: QUEUE}",
        )
        return None
    name = written[TYPE]
    kind = kind_named(name)
    if kind is None:
        diagnostics.add(
            UNKNOWN_SINK,
            f"there is no kind of event sink {name!r}",
            locate(node, (TYPE,)),
            hint=did_you_mean(name, names()) or listed(names()),
        )
    return kind
