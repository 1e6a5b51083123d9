"""Tells what a run of seeds found, and which of the things that must happen never did."""

from __future__ import annotations

from calor.template.registry import HOOKS
from simulation.driver import Run
from simulation.sharing import SHARED
from simulation.sinks import BROUGHT, TWICE
from support.troubles import Kill, Mishap

IDENTITIES = ("our own name", "a mark", "a natural key", "PUT", "likeness")
EXPECTED: tuple[str, ...] = (
    *(str(kind) for kind in Kill),
    *(str(kind) for kind in Mishap),
    "superseded",
    "rollback",
    "replacement, new first",
    "replacement, old first",
    *(f"adoption by {identity}" for identity in IDENTITIES),
    *(f"paused at {hook}" for hook in HOOKS),
    "nested stack CREATE",
    "nested stack UPDATE",
    "nested stack DELETE",
    *SHARED,
    BROUGHT,
    TWICE,
)
"""What must happen at least once in a run."""


def never(run: Run) -> list[str]:
    """What did not happen."""
    return [name for name in EXPECTED if not run.counts[name]]


def print_report(run: Run, *, complete: bool = True) -> int:
    """Prints it; 0 when all held and, if `complete` is asked, everything happened."""
    for name in [*EXPECTED, *sorted(set(run.counts) - set(EXPECTED))]:
        print(f"{run.counts[name]:8d}  {name}")
    print(
        f"{run.seeds} seeds from {run.start}, twice each, in {run.elapsed:.0f} s:"
        f" {sum(run.operations)} operations (at least {min(run.operations, default=0)} a seed),"
        f" {min(run.resources, default=0)} to {max(run.resources, default=0)} resources"
    )
    for failure in run.failures[:10]:
        print(f"\nseed {failure['seed']} failed:")
        for problem in failure["problems"]:
            print(f"  {problem}")
        print("  the end of its trace:")
        for line in failure["tail"]:
            print(f"    {line}")
        print(f"  again: make simulate SEEDS=1 START={failure['seed']}")
    if run.failures:
        print(f"\n{len(run.failures)} seeds failed: {[item['seed'] for item in run.failures]}")
    for seed in run.differing:
        print(f"seed {seed}: two runs with different PYTHONHASHSEED differ")
    for seed in run.missing:
        print(f"seed {seed}: its process ended without a result")
    missing = never(run) if complete else []
    for name in missing:
        print(f"never happened: {name}")
    return 1 if run.failures or run.differing or run.missing or missing else 0
