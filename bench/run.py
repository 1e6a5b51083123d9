"""Measures Calor on a sandbox without delays and prints JSON: medians of five, with the aims.

Client (this process), server and sandbox are processes of their own; the database is as shipped.
`python bench/run.py [NAME ...]` measures only some; `--repeat N` changes five.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import templates
from processes import CALOR, Stage, stage

from calor.cli.where import Where
from calor.client import Client, StackInput
from calor.main.remote import connect

WAIT = 20.0
"""Seconds for which the server may keep back its answer whether a stack is done."""

HERE = Path(__file__).resolve().parent


class Bench:
    """One server's measurements. A figure is a list with one entry a run."""

    def __init__(self, client: Client, at: Stage, repeat: int) -> None:
        self.client = client
        self.at = at
        self.repeat = repeat
        self.lag = 0.0
        self.memory = 0.0

    async def timed(self, ask: Callable[[], Awaitable[Any]], ref: str = "") -> dict[str, float]:
        """Seconds from the request until the stack is done, with what the server counted."""
        self.counted()
        started = time.monotonic()
        asked = await ask()
        ref = ref or asked.ref
        while (stack := await self.client.stack(ref, outputs=False, wait=WAIT)).in_progress:
            pass
        seconds = time.monotonic() - started
        if stack.failed:
            raise SystemExit(f"{ref} is {stack.status}: {stack.reason}")
        return {"seconds": seconds, **self.counted()}

    def counted(self) -> dict[str, float]:
        counted = self.at.statistics()
        self.lag = max(self.lag, counted["loop_lag_seconds"])
        self.memory = max(self.memory, counted.pop("peak_memory_mb"))
        return counted

    async def life(self, name: str, wanted: StackInput, *, update: bool = False) -> dict[str, Any]:
        """Create, an update that changes nothing, delete."""
        found = {}
        self.at.forget_calls()
        found["create"] = await self.timed(lambda: self.client.create(name, wanted))
        ref = await self.client.resolve(name)
        found["create"]["posts"] = self.at.calls("POST", "neutron")
        if update:
            found["update"] = await self.timed(lambda: self.client.update(ref, wanted), ref)
        self.at.forget_calls()
        found["delete"] = await self.timed(lambda: self.client.delete(ref), ref)
        found["delete"]["deletes"] = self.at.calls("DELETE", "neutron")
        return found

    async def lives(self, name: str, wanted: StackInput, *, update: bool = False) -> Any:
        runs = []
        for number in range(self.repeat):
            runs.append(await self.life(f"{name}-{number}", wanted, update=update))
        return {
            phase: {
                figure: round(statistics.median(run[phase][figure] for run in runs), 4)
                for figure in runs[0][phase]
            }
            for phase in runs[0]
        }

    # --- what is measured -----------------------------------------------------------------------

    async def flat_1000(self) -> Any:
        found = await self.lives("flat", StackInput(templates.flat(1000)), update=True)
        for figures in found.values():
            figures["statements_per_resource"] = round(figures.pop("statements") / 1000, 3)
            figures["resources_per_commit"] = round(1000 / max(1, figures.pop("commits")), 1)
        aims = {"create": 1.0, "update": 0.7, "delete": 1.0, "statements_per_resource": 2.0}
        return {**found, "aims": {**aims, "resources_per_commit": 20}}

    async def chain_100(self) -> Any:
        found = await self.lives("chain", StackInput(templates.chain(100)))
        return {**found, "aims": {"create": 0.5}}

    async def group_1000(self) -> Any:
        wanted = StackInput(templates.group(1000, "OS::Heat::RandomString"))
        return {**await self.lives("group", wanted), "aims": {"create": 1.5}}

    async def group_200_nested(self) -> Any:
        wanted = StackInput(
            templates.group(200, "member.yaml"), files={"member.yaml": templates.member()}
        )
        return {**await self.lives("nested", wanted), "aims": {"create": 4.0}}

    async def ports_1000(self) -> Any:
        found = await self.lives("ports", StackInput(templates.ports(1000)))
        return {**found, "aims": {"posts": 40, "deletes": 1040}}

    async def servers_300(self) -> Any:
        self.at.set_latency(0.02)
        try:
            found = await self.lives("servers", StackInput(templates.servers(300)))
            bare = {f"cap {cap}": self._bare(cap) for cap in (0, 20, 50, 100)}
        finally:
            self.at.set_latency(0.0)
        best = min(run["seconds"] for run in bare.values())
        ratio = round(found["create"]["seconds"] / best, 3)
        return {**found, "bare": bare, "ratio": ratio, "aims": {"ratio": 1.3}}

    def _bare(self, cap: int) -> dict[str, float]:
        command = [sys.executable, str(HERE / "bare.py"), f"{self.at.sandbox}/identity", "300"]
        runs = [
            json.loads(subprocess.check_output([*command, str(cap)])) for _ in range(self.repeat)
        ]
        return {
            "seconds": statistics.median(run["seconds"] for run in runs),
            "calls": runs[0]["calls"],
        }

    async def validate_1000(self) -> Any:
        wanted = StackInput(templates.flat(1000))
        runs = []
        for number in range(self.repeat):
            started = time.monotonic()
            # a comment more each time, so that nothing that was remembered helps
            await self.client.validate(StackInput(f"{wanted.template}\n{' ' * number}"))
            runs.append(time.monotonic() - started)
        self.counted()
        return {"seconds": round(statistics.median(runs), 4), "aims": {"seconds": 0.25}}

    async def start(self) -> Any:
        small = HERE.parent / "examples" / "hello.yaml"
        return {
            "help": self._started([CALOR, "--help"]),
            "lint": self._started([CALOR, "lint", str(small)]),
            "aims": {"help": 0.3, "lint": 0.3},
        }

    async def completion_1000(self) -> Any:
        found = {word: self._alone("editor.py", 1000, word) for word in ("yaml", "json")}
        return {**found, "aims": {"p95": 0.1}}

    async def check_10000(self) -> Any:
        return {**self._alone("check.py", 10_000), "aims": {"seconds": 2.5, "memory_mb": 350}}

    async def lint_tripleo(self) -> Any:
        """All real templates of tripleo, by the command line; they are downloaded once."""
        fetch = [sys.executable, str(HERE.parent / "tools" / "corpus.py")]
        fetched = subprocess.run(fetch, stdout=sys.stderr, check=False)
        if fetched.returncode:
            return {"skipped": "the templates can't be downloaded"}
        folder = next(HERE.parent.glob(".corpus/tripleo-*/tripleo-*"))
        files = sum(1 for path in folder.rglob("*.yaml") if path.is_file())
        command = [CALOR, "lint", "-f", "json", "--assume-type", "OS::TripleO::*", "."]
        runs = []
        for _ in range(self.repeat):
            started = time.monotonic()
            done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
            runs.append(time.monotonic() - started)
            if done.returncode not in (0, 1):
                raise SystemExit(done.stderr.decode())
        seconds = round(statistics.median(runs), 2)
        return {"seconds": seconds, "files": files, "aims": {"seconds": 60}}

    def _alone(self, program: str, count: int, *more: str) -> dict[str, float]:
        """What a program of its own prints."""
        command = [sys.executable, str(HERE / program), str(count), *more]
        runs = [json.loads(subprocess.check_output(command)) for _ in range(self.repeat)]
        return {key: round(statistics.median(run[key] for run in runs), 4) for key in runs[0]}

    def _started(self, command: list[str]) -> float:
        runs = []
        for _ in range(self.repeat):
            started = time.monotonic()
            subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
            runs.append(time.monotonic() - started)
        return round(statistics.median(runs), 3)


NAMES = (
    "start",
    "completion_1000",
    "check_10000",
    "lint_tripleo",
    "validate_1000",
    "flat_1000",
    "chain_100",
    "group_1000",
    "group_200_nested",
    "ports_1000",
    "servers_300",
)


async def measure(names: list[str], repeat: int) -> dict[str, Any]:
    found: dict[str, Any] = {"cpus": os.cpu_count(), "python": sys.version.split()[0]}
    with tempfile.TemporaryDirectory(prefix="calor-bench-") as folder, stage(Path(folder)) as at:
        async with connect(Where(server=at.server, cloud="sandbox")) as client:
            bench = Bench(client, at, repeat)
            for name in names:
                print(f"measuring {name}", file=sys.stderr)
                found[name] = await getattr(bench, name)()
            bench.counted()
    found["loop_lag_seconds"] = {"largest": bench.lag, "aim": 0.1}
    found["peak_memory_mb"] = {"largest": bench.memory, "aim": 200}
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--repeat", type=int, default=5)
    arguments = parser.parse_args()
    found = asyncio.run(measure(arguments.names or list(NAMES), arguments.repeat))
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
