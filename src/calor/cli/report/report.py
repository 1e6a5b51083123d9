"""What lint found, as data."""

from __future__ import annotations

from dataclasses import dataclass

from calor.base.diagnostics import Diagnostic, Severity


@dataclass(frozen=True, slots=True)
class Report:
    """All problems in the order of files and places; how many files were checked, and how many
    were skipped because they are neither template nor environment."""

    diagnostics: tuple[Diagnostic, ...]
    checked: int
    skipped: int

    @property
    def errors(self) -> int:
        return sum(item.severity is Severity.ERROR for item in self.diagnostics)

    @property
    def files(self) -> str:
        """How many files, in words; '' where one file says it all."""
        if self.checked == 1 and not self.skipped:
            return ""
        checked = f"{_counted(self.checked, 'file')} checked"
        if not self.skipped:
            return checked
        return f"{checked}, {self.skipped} skipped: neither template nor environment"

    @property
    def problems(self) -> str:
        """How many problems, in words."""
        warnings = len(self.diagnostics) - self.errors
        counts = [
            _counted(count, noun)
            for count, noun in ((self.errors, "error"), (warnings, "warning"))
            if count
        ]
        return ", ".join(counts) or "No problems"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
