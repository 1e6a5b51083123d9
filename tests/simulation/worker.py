"""Runs seeds in this process and prints a line of JSON for each: `START SEEDS [MUTATION]`."""

from __future__ import annotations

import gc
import json
import sys

from simulation.driver import TAIL
from simulation.mutations import MUTATIONS
from simulation.story import run_seed


def main(start: int, seeds: int, mutation: str | None = None) -> None:
    seams = MUTATIONS[mutation] if mutation else None
    for seed in range(start, start + seeds):
        result = run_seed(seed, seams)
        line = {
            "seed": seed,
            "problems": result.problems,
            "counts": result.counts,
            "digest": result.digest,
            "operations": result.operations,
            "resources": result.resources,
            "tail": result.trace[-TAIL:] if result.problems else (),
        }
        print(json.dumps(line), flush=True)
        gc.collect()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:4])
