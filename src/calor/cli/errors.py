"""Errors as the command line tells them: one clear message, what to do, an exit code, no traceback.

Exit codes: 1 it could not be done, 2 the command or its input is wrong, 70 a fault of Calor's own,
130 interrupted.
"""

from __future__ import annotations

import click

from calor.base.diagnostics import render
from calor.base.errors import (
    CloudError,
    HttpFault,
    InvalidInput,
    LoginFailed,
    NotSent,
    UserError,
)
from calor.cli.colours import colours

FAILED = 1
WRONG = 2
OWN_FAULT = 70
INTERRUPTED = 130


class Failed(Exception):
    """The command did what it could and failed; everything was said already."""


class Stopped(Exception):
    """The user stopped watching; what was asked of the stack goes on, or waits for the next run."""


def tell(error: BaseException) -> int:
    """Prints what people need to know of an error; returns the exit code."""
    if isinstance(error, Failed):
        return FAILED
    if isinstance(error, Stopped):
        click.echo("Stopped watching. Run the same command again to go on where it is.", err=True)
        return INTERRUPTED
    if isinstance(error, KeyboardInterrupt):
        _say("interrupted")
        return INTERRUPTED
    if isinstance(error, InvalidInput):
        if error.diagnostics:
            click.echo("\n\n".join(render(item) for item in error.diagnostics), err=True)
            count = len(error.diagnostics)
            click.echo(
                f"\n{count} {'error' if count == 1 else 'errors'}; nothing was done.", err=True
            )
        else:
            _say(error.message, error.hint)
        return WRONG
    if isinstance(error, UserError):
        _say(error.message, error.hint)
        return FAILED
    if isinstance(error, CloudError):
        _say(str(error), _cure(error))
        return FAILED
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        _say(f"{where}{error.strerror or error}")
        return FAILED
    kind = type(error).__name__
    _say(
        f"Calor made a mistake of its own ({kind}: {error}).",
        "run it again as calor --debug ... to see where",
    )
    return OWN_FAULT


def _cure(error: CloudError) -> str:
    if isinstance(error, LoginFailed):
        return "check the cloud's entry in clouds.yaml, or the OS_ variables"
    if isinstance(error, NotSent):
        return "check that the address is right and that the service runs"
    if isinstance(error, HttpFault) and error.status == 500:
        return "look at the server's log; in local mode, run it again as calor --debug ..."
    return ""


def _say(message: str, hint: str = "") -> None:
    word = click.style("Error:", fg="red", bold=True)
    click.echo(f"{word} {message}", err=True, color=colours())
    if hint:
        click.echo(f"  hint: {hint}", err=True)
