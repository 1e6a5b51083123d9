"""Runs seeds: `python -m simulation --seeds 2000 --start 0` (with `tests` on the path).

Each seed runs twice, in processes with different PYTHONHASHSEED, and both traces must be equal.
Prints how often each thing happened; exits 1 when something did not hold, differed, or never
happened.
"""

from __future__ import annotations

import argparse
import sys

from simulation.driver import run_seeds
from simulation.mutations import MUTATIONS
from simulation.report import print_report
from simulation.story import run_seed


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="simulation", description="Simulates Calor by seed.")
    parser.add_argument("--seeds", type=int, default=50, help="how many seeds")
    parser.add_argument("--start", type=int, default=0, help="the first seed")
    parser.add_argument("--mutation", choices=sorted(MUTATIONS), help="put a fault into Calor")
    parser.add_argument("--trace", action="store_true", help="one seed, with its whole trace")
    options = parser.parse_args(arguments)
    if options.trace:
        return trace(options.start, options.mutation)
    run = run_seeds(options.start, options.seeds, mutation=options.mutation, progress=True)
    return print_report(run, complete=options.mutation is None)


def trace(seed: int, mutation: str | None) -> int:
    """Runs one seed in this process and prints all of it."""
    result = run_seed(seed, MUTATIONS[mutation] if mutation else None)
    print("\n".join(result.trace))
    for problem in result.problems:
        print(f"PROBLEM {problem}")
    return 1 if result.problems else 0


if __name__ == "__main__":
    sys.exit(main())
