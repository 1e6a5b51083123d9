"""The simulation bites: faults put into Calor on purpose are noticed."""

from __future__ import annotations

import pytest

from simulation.driver import run_seeds
from simulation.mutations import MUTATIONS

SEEDS = 500


@pytest.mark.parametrize("name", sorted(MUTATIONS))
def test_is_noticed(name: str) -> None:
    run = run_seeds(0, SEEDS, mutation=name, stop_at_first=True, twice=False)
    assert run.failures, f"{name!r} went unnoticed in {SEEDS} seeds"
