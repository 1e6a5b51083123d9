"""What `calor-api` and `calor-engine` share: options, the house, and how errors are told."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from calor.cli.errors import WRONG, tell

if TYPE_CHECKING:  # it would make every start slower
    from calor.main.assemble import House

F = TypeVar("F", bound=Callable[..., Any])


def options(function: F) -> F:
    for option in (
        click.option("--debug", is_flag=True, help="Log everything."),
        click.option(
            "--dir",
            "folder",
            type=click.Path(file_okay=False, path_type=Path),
            default=Path(".calor"),
            show_default=True,
            help="Where the sealing keys are, if CALOR_ENCRYPTION_KEYS is not set.",
        ),
        click.option(
            "--database", metavar="URL", default="", help="The database.  [default: CALOR_DATABASE]"
        ),
        click.option(
            "--cloud",
            metavar="NAME",
            default="",
            envvar="OS_CLOUD",
            help="The cloud of clouds.yaml with the service user.",
        ),
    ):
        function = option(function)
    return function


def prepared(cloud: str, database: str, folder: Path, *, debug: bool) -> House:
    from calor.cloud.config import read_cloud
    from calor.main.assemble import keys_of, server_house
    from calor.main.logs import set_up
    from calor.main.world import new_world, settings_with

    settings = settings_with(database=database)
    set_up("debug" if debug else settings.log_level)
    found = read_cloud(cloud)
    return server_house(new_world(settings, found), found, keys=keys_of(settings, folder))


def guarded(command: click.Command) -> None:
    """Runs a program; errors are told without a traceback, but with --debug."""
    try:
        command.main(standalone_mode=False)
    except click.Abort:
        sys.exit(1)
    except click.ClickException as error:
        error.show()
        sys.exit(WRONG)
    except (Exception, KeyboardInterrupt) as error:
        if "--debug" in sys.argv:
            raise
        sys.exit(tell(error))
