"""Logs: structlog on stderr, a line an event. What is secret never gets here: it is masked where
it is."""

from __future__ import annotations

import logging
import sys

import structlog

from calor.cli.colours import colours

LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40, "critical": 50}


def set_up(level: str) -> None:
    """Logs of that level and above; other libraries' only from warnings on."""
    number = LEVELS.get(level.lower(), LEVELS["info"])
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty() and colours() is None),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=max(number, LEVELS["warning"]), stream=sys.stderr)
