"""`python -m kill [--kills 50] [--seed N]` (with `tests` on the path): kills a real server.

A sandbox runs in a process of its own; a server beside it creates, updates and deletes a stack of
twenty resources, is killed with `kill -9` at random moments and started again. After every
operation the stack is complete, every thing in the cloud belongs to one resource, what is other
people's is untouched, and the events are in order. Exits 1 when something did not hold.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from kill.machines import DELAYS, Machine, sandbox, server
from kill.rounds import Figures, Rounds
from kill.user import User


def main() -> int:
    parser = argparse.ArgumentParser(prog="kill", description="Kills a real server.")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="calor-kill-"))
    cloud = sandbox(folder)
    machine = server(folder)
    began = time.monotonic()
    try:
        rounds = _run(cloud, machine, options.kills, options.seed)
    except AssertionError as error:
        print(f"FAILED (seed {options.seed}, state in {folder}): {error}")
        return 1
    finally:
        machine.end()
        cloud.end()
    _report(rounds.figures, options.seed, time.monotonic() - began)
    shutil.rmtree(folder)
    return 0


def _run(cloud: Machine, machine: Machine, kills: int, seed: int) -> Rounds:
    cloud.start()
    machine.start()
    user = User(cloud, machine)
    user.at_cloud("PUT", "/sandbox/settings", {"settings": {"delays": DELAYS}})
    rounds = Rounds(user, machine, seed)
    rounds.run(kills)
    return rounds


def _report(figures: Figures, seed: int, took: float) -> None:
    print(f"{figures.kills.total()} kills (seed {seed}) in {took:.0f} s; all held")
    for action, count in figures.kills.items():
        times = figures.disturbed[action]
        print(
            f"  {count:3d} during {action}: undisturbed {figures.undisturbed[action]:.1f} s,"
            f" with kills {median(times):.1f} s in the middle, {max(times):.1f} s at most"
        )
    print(f"  started again within {max(figures.starts):.1f} s at most")
    for state, count in sorted(figures.states.items()):
        print(f"  {count:3d} x {state}")


if __name__ == "__main__":
    sys.exit(main())
