"""The first seeds hold, and everything that must happen does."""

from __future__ import annotations

import pytest

from simulation.driver import Run, run_seeds
from simulation.report import never

SEEDS = 50


@pytest.fixture(scope="module")
def run() -> Run:
    return run_seeds(0, SEEDS)


def test_every_seed_holds(run: Run) -> None:
    assert not run.missing
    for failure in run.failures:
        problems = "\n".join(failure["problems"])
        tail = "\n".join(failure["tail"])
        pytest.fail(
            f"seed {failure['seed']}:\n{problems}\n\n{tail}\n\n"
            f"again: make simulate SEEDS=1 START={failure['seed']}"
        )


def test_two_runs_of_a_seed_are_equal_byte_for_byte(run: Run) -> None:
    assert run.differing == []


def test_everything_happens_that_must(run: Run) -> None:
    assert never(run) == []


def test_a_seed_has_enough_to_do(run: Run) -> None:
    assert min(run.operations) >= 4
    assert min(run.resources) >= 5
    assert max(run.resources) <= 30
