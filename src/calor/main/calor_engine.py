"""The program `calor-engine`: carries out what APIs accept; any number work on one database."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

import click

from calor.base.errors import Conflict
from calor.main.halves import guarded, options, prepared


@click.command()
@options
@click.option(
    "--name", default="", help="This engine's name, its own on all hosts.  [default: the host's]"
)
def engine(cloud: str, database: str, folder: Path, debug: bool, name: str) -> None:
    """Carry out operations on stacks. A restarted engine of the same name goes on at once."""
    from calor.main.loop import run

    run(_work(cloud, database, folder, debug=debug, name=name))


async def _work(cloud: str, database: str, folder: Path, *, debug: bool, name: str) -> None:
    from calor.main.locks import Lock
    from calor.main.serving import ending
    from calor.main.upkeep import upkeep
    from calor.main.world import host_name

    holder = name or host_name()
    lock = Lock(Path(tempfile.gettempdir()) / f"calor-engine-{holder}.lock")
    if not lock.take():
        raise Conflict(f"an engine named {holder!r} runs here already", "give this one a --name")
    house = prepared(cloud, database, folder, debug=debug)
    worker = house.engine(holder)
    with ending() as ended, upkeep(house):
        loop = asyncio.get_running_loop()
        running = loop.create_task(worker.run())
        waiting = loop.create_task(ended.wait())
        click.echo(f"The engine {holder} works.")
        await asyncio.wait([running, waiting], return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        worker.close()
        await running
    await house.close()


def main() -> None:
    guarded(engine)
