"""Spreads seeds over processes and compares what two runs of each one say.

It judges nothing but whether two traces are equal.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

TESTS = Path(__file__).parent.parent
HASH_SEEDS = ("1", "4242")
TAIL = 25
"""Lines of the trace that are shown of a seed that failed."""


@dataclass
class Run:
    """What came of many seeds."""

    start: int
    seeds: int
    counts: Counter[str] = field(default_factory=Counter)
    failures: list[dict[str, Any]] = field(default_factory=list)
    differing: list[int] = field(default_factory=list)
    missing: list[int] = field(default_factory=list)
    operations: list[int] = field(default_factory=list)
    resources: list[int] = field(default_factory=list)
    elapsed: float = 0.0


def run_seeds(
    start: int,
    seeds: int,
    *,
    mutation: str | None = None,
    stop_at_first: bool = False,
    progress: bool = False,
    twice: bool = True,
) -> Run:
    """Runs seeds, each twice unless told otherwise, one process for each hash seed."""
    began = time.monotonic()
    hash_seeds = HASH_SEEDS if twice else HASH_SEEDS[:1]
    workers = [_start(start, seeds, hash_seed, mutation) for hash_seed in hash_seeds]
    run = Run(start, seeds)
    try:
        lines = [_results(worker.stdout) for worker in workers]
        for seed in range(start, start + seeds):
            found = [next(results, None) for results in lines]
            if any(item is None or item["seed"] != seed for item in found):
                run.missing.append(seed)
                break
            _take(run, seed, [item for item in found if item is not None])
            if progress and run.failures and run.failures[-1]["seed"] == seed:
                problem = run.failures[-1]["problems"][0].splitlines()[0]
                print(f"seed {seed} failed: {problem}", file=sys.stderr, flush=True)
            if progress and seed % 100 == 99:
                print(f"seed {seed}: {len(run.failures)} failed", file=sys.stderr, flush=True)
            if stop_at_first and run.failures:
                break
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    run.elapsed = time.monotonic() - began
    return run


def _take(run: Run, seed: int, found: list[dict[str, Any]]) -> None:
    first = found[0]
    run.counts.update(first["counts"])
    run.operations.append(first["operations"])
    run.resources.append(first["resources"])
    if first["problems"]:
        run.failures.append(first)
    if any(item["digest"] != first["digest"] for item in found):
        run.differing.append(seed)


def _start(start: int, seeds: int, hash_seed: str, mutation: str | None) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "simulation.worker", str(start), str(seeds)]
    if mutation is not None:
        command.append(mutation)
    path = os.pathsep.join([str(TESTS), *filter(None, [os.environ.get("PYTHONPATH")])])
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": path, "PYTHONHASHSEED": hash_seed},
    )


def _results(stream: IO[str] | None) -> Any:
    assert stream is not None
    for line in stream:
        yield json.loads(line)
