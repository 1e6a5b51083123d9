"""Floor 3, above the model: the kinds of event sink, one a file.

A kind says what it is told in an environment (`Settings`), which service it needs, and how it
brings events. It reaches a cloud through the port alone, keeps nothing, and decides neither when
nor how often it is asked.

- `kind_named(name)`: the kind of that name; `names()`: all of them.
- `kind.SinkKind`: what a kind is.
"""

from calor.sinks.registry import kind_named, names

__all__ = ["kind_named", "names"]
