"""Reading and checking a large template, without a cloud: prints seconds and memory as JSON.

Argument: resources.
"""

from __future__ import annotations

import json
import resource
import sys
import time

import templates

from calor.cli.compose import compose, composer_of
from calor.client import StackInput
from calor.resources.registry import Registry


def main() -> None:
    composer = composer_of(Registry())
    # types are imported once
    compose(composer, StackInput(templates.written(1)))
    wanted = StackInput(templates.written(int(sys.argv[1])))
    started = time.monotonic()
    found = compose(composer, wanted)
    seconds = time.monotonic() - started
    assert not found.diagnostics.errors
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    size = len(wanted.template or "") / 1e6
    print(json.dumps({"seconds": seconds, "memory_mb": memory, "template_mb": size}))


if __name__ == "__main__":
    main()
