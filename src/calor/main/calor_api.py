"""The program `calor-api`: the REST API alone; engines elsewhere carry out what it accepts."""

from __future__ import annotations

from pathlib import Path

import click

from calor.main.halves import guarded, options, prepared


@click.command()
@options
@click.option("--host", default="", help="Address to listen on.  [default: CALOR_BIND_HOST]")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help="Port; 0 picks a free one.  [default: CALOR_BIND_PORT]",
)
def api(cloud: str, database: str, folder: Path, debug: bool, host: str, port: int | None) -> None:
    """Serve the REST API of Calor on one database with its engines."""
    from calor.main.loop import run

    run(_serve(cloud, database, folder, debug=debug, host=host, port=port))


async def _serve(
    cloud: str, database: str, folder: Path, *, debug: bool, host: str, port: int | None
) -> None:
    from calor.main.serving import ending, open_port, served, url_of

    house = prepared(cloud, database, folder, debug=debug)
    settings = house.world.settings
    opened = open_port(host or settings.bind_host, settings.bind_port if port is None else port)
    with ending() as ended:
        async with served(house.application(), opened):
            click.echo(f"Calor's API is at {url_of(opened)}.")
            await ended.wait()
        await house.close()


def main() -> None:
    guarded(api)
