"""The program `calor`: the command line, given the parts that it may use."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from calor.base.diagnostics import Rule
from calor.cli.errors import INTERRUPTED, WRONG, tell
from calor.cli.root import cli
from calor.cli.where import Serving, Where

if TYPE_CHECKING:  # they would make every start slower
    from calor.client import Client
    from calor.model.ports import Types


NOTHING = "Nothing was done."


class Programs:
    """What the command line may use; each part is imported when it is needed."""

    def types(self) -> Types:
        from calor.resources.registry import Registry

        return Registry()

    def rules(self) -> Mapping[str, Rule]:
        from calor.main.rules import all_rules

        return all_rules()

    def connect(self, where: Where, *, debug: bool = False) -> AbstractAsyncContextManager[Client]:
        from calor.main.logs import set_up

        set_up("debug" if debug else "critical")
        if where.is_local:
            from calor.main.local import connect as local

            return local(where)
        from calor.main.remote import connect as remote

        return remote(where)

    def lsp(self, environments: Sequence[Path], assumed: Sequence[str]) -> None:
        from calor.main.lsp import serve

        serve(environments, assumed)

    def serve(self, serving: Serving) -> None:
        from calor.main.serve import serve

        serve(serving)

    def sandbox(self, serving: Serving) -> None:
        from calor.main.sandbox import serve

        serve(serving)


def main() -> None:
    """Runs the command line. Errors are told without a traceback, but with --debug."""
    try:
        code = cli.main(standalone_mode=False, obj=Programs(), prog_name="calor")
        sys.exit(code if isinstance(code, int) else 0)
    except click.Abort as error:
        # click says so of Ctrl-C too, and then something may have been asked for already
        stopped = isinstance(error.__cause__, KeyboardInterrupt)
        told = "Interrupted. Run the same command again to go on." if stopped else NOTHING
        click.echo(told, err=True)
        sys.exit(INTERRUPTED)
    except click.ClickException as error:
        error.show()
        sys.exit(WRONG)
    except BrokenPipeError:
        # whoever read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except (Exception, KeyboardInterrupt) as error:
        if "--debug" in sys.argv:
            raise
        sys.exit(tell(error))


if __name__ == "__main__":
    main()
