"""The view that moves: a stack's resources on a terminal, drawn anew as they change.

It draws what it is told; it asks nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console, Group
from rich.constrain import Constrain
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from calor.cli.view.hooks import waits_at
from calor.cli.view.values import duration

STYLES = {"COMPLETE": "green", "FAILED": "bold red", "IN_PROGRESS": "yellow"}
GLYPHS = {"COMPLETE": "✓", "FAILED": "✗", "IN_PROGRESS": "•", "": "·"}
SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
SECONDS = 6
"""Columns for a duration."""
NARROWEST = 10
"""Columns that names and types have at least."""
ECHO = "^C"
"""What a terminal writes behind the last line, which must not begin another one by that."""


@dataclass(frozen=True, slots=True)
class Row:
    """One resource: `depth` of nesting, `action` and `status` ('' while it waits for others),
    `seconds` in this state, `reason` when it failed, `hook` when it waits at one."""

    name: str
    type: str
    action: str = ""
    status: str = ""
    depth: int = 0
    seconds: float = 0.0
    reason: str = ""
    hook: str = ""

    @property
    def state(self) -> str:
        return f"{self.action}_{self.status}" if self.status else "waits"


@dataclass(frozen=True, slots=True)
class Picture:
    """A moment of an operation. `touched` are those that it is known to concern; `hint` is what
    somebody has to do for it to go on."""

    title: str
    rows: tuple[Row, ...]
    seconds: float
    touched: int
    done: int
    failed: int
    hint: str = ""


class LiveView:
    """A context within which `show` draws; what is there at the end stays on the screen."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console()
        self._live = Live(console=self._console, auto_refresh=False, vertical_overflow="crop")
        self._tick = 0
        self._paused = False

    def __enter__(self) -> LiveView:
        self._live.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._live.stop()

    def show(self, picture: Picture) -> None:
        if self._paused:
            return
        self._tick += 1
        room = max(3, self._console.height - 5)
        self._live.update(self._drawn(picture, room), refresh=True)

    def pause(self) -> None:
        """Leaves the terminal to a question; `resume` draws again."""
        self._paused = True
        self._live.stop()

    def resume(self) -> None:
        self._live = Live(console=self._console, auto_refresh=False, vertical_overflow="crop")
        self._live.start()
        self._paused = False

    def _drawn(self, picture: Picture, room: int) -> Group:
        rows = chosen(picture.rows, room)
        names, types = self._widths(rows)
        table = Table.grid(padding=(0, 2))
        table.add_column(no_wrap=True, max_width=names, overflow="ellipsis")
        table.add_column(no_wrap=True, max_width=types, style="dim", overflow="ellipsis")
        table.add_column(no_wrap=True)
        table.add_column(no_wrap=True, justify="right", style="dim")
        for row in rows:
            table.add_row(*self._cells(row))
        below = []
        if hidden := len(picture.rows) - len(rows):
            below.append(Text(f"  ... and {hidden} more"))
        if picture.hint:
            below.append(Text(f"  {picture.hint}", style="cyan"))
        room_aside = self._console.width - len(ECHO)
        return Group(self._head(picture), Constrain(table, room_aside), *below)

    def _widths(self, rows: Sequence[Row]) -> tuple[int, int]:
        """Of names and types: as much as states and seconds leave, names before types."""
        states = max((len(row.state) for row in rows), default=0)
        left = self._console.width - len(ECHO) - states - SECONDS - 3 * 2
        longest = max((2 * row.depth + 2 + len(row.name) for row in rows), default=0)
        names = max(NARROWEST, min(longest, left - NARROWEST))
        return names, max(NARROWEST, left - names)

    def _cells(self, row: Row) -> tuple[Text, str, Text, str]:
        style = STYLES.get(row.status, "dim")
        glyph = GLYPHS.get(row.status, "·")
        if row.status == "IN_PROGRESS":
            glyph = SPINNER[self._tick % len(SPINNER)]
        if row.hook:
            style, glyph = "cyan", "‖"
        name = Text(f"{'  ' * row.depth}{glyph} ", style=style) + Text(row.name)
        state = Text(waits_at([row.hook]) if row.hook else row.state, style=style)
        if row.status == "FAILED" and row.reason:
            state.append(f"  {row.reason}", style="red")
        return name, row.type, state, duration(row.seconds) if row.status else ""

    def _head(self, picture: Picture) -> Table:
        head = Table.grid(padding=(0, 2))
        bar = ProgressBar(
            total=max(1, picture.touched),
            completed=picture.done,
            width=24,
            complete_style="red" if picture.failed else "green",
            finished_style="green",
        )
        counts = f"{picture.done}/{picture.touched}"
        if picture.failed:
            counts += f", {picture.failed} failed"
        head.add_row(Text(picture.title, style="bold"), bar, counts, duration(picture.seconds))
        return head


def chosen(rows: Sequence[Row], room: int) -> list[Row]:
    """As many rows as fit, in their order: what failed, is held or runs before what waits or is
    done."""
    if len(rows) <= room:
        return list(rows)
    weights = {"FAILED": 0, "IN_PROGRESS": 1, "": 2, "COMPLETE": 3}

    def rank(index: int) -> tuple[int, int]:
        row = rows[index]
        return 0 if row.hook else weights.get(row.status, 2), index

    ranked = sorted(range(len(rows)), key=rank)
    return [rows[index] for index in sorted(ranked[: max(1, room - 1)])]
