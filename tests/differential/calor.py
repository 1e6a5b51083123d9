"""Calor as somebody to ask: a whole one, in virtual time, on a simulated cloud."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from types import TracebackType

from calor.base.errors import InvalidInput
from calor.base.source import Span
from calor.base.values import reveal
from calor.model.stack import Stack
from calor.sandbox.settings import SandboxSettings
from calor.service.wanted import Wanted
from differential.answers import Ended
from differential.corpus import Case
from differential.questions import Question, ask, name_of
from support.world import World

_NUMBERS = itertools.count(1)


class Calor:
    """A context: its world ends with it."""

    def __init__(self) -> None:
        self._world = World("differential", sandbox=SandboxSettings.instant())
        self._user = self._world.user("demo", "demo")

    def __enter__(self) -> Calor:
        self._world.__enter__()
        self._world.start_calor()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._world.__exit__(kind, error, traceback)

    def refused(self, cases: Sequence[Case]) -> list[int]:
        """Calor tells all problems at once, and the place of each. The cases that stand there are
        taken out until nothing is wrong any more."""
        left = {name_of(number): case for number, case in enumerate(cases)}
        while left:
            question = ask(cases[0].version, left)
            problems = self._world.run(self._problems(_wanted(question)))
            if not problems:
                break
            for name in dict.fromkeys(map(_case_at, problems)):
                del left[name]
        return [number for number in range(len(cases)) if name_of(number) not in left]

    def create(self, question: Question) -> Ended | None:
        return self._world.run(self._create(_wanted(question)))

    async def _problems(self, wanted: Wanted) -> list[Span]:
        """The place of each."""
        caller = await self._world.caller(self._user)
        try:
            await self._world.ask(
                lambda calor: calor.service.check.plan_create(caller, "differential", wanted)
            )
        except InvalidInput as error:
            return [problem.span for problem in error.diagnostics if problem.span is not None]
        return []

    async def _create(self, wanted: Wanted) -> Ended | None:
        name = f"differential-{next(_NUMBERS)}"
        try:
            begun = await self._world.create(self._user, name, wanted)
        except InvalidInput:
            return None
        stack = await self._world.final(begun.id)
        try:
            return await self._ended(stack)
        finally:
            await self._world.delete(stack)
            await self._world.final(stack.id)

    async def _ended(self, stack: Stack) -> Ended:
        rows = list(await self._world.reads.resources(stack.id))
        for row in tuple(rows):
            child = await self._world.reads.child_of(row.id)
            rows += await self._world.reads.resources(child.id) if child is not None else ()
        return Ended(
            stack.state == "CREATE_COMPLETE",
            tuple(row.name for row in rows if row.state == "CREATE_COMPLETE"),
            tuple(row.name for row in rows if row.state == "CREATE_FAILED"),
            {output.name: reveal(output.value) for output in stack.outputs if not output.error},
            {stack.id: "STACK-ID", stack.name: "STACK", stack.owner.project_id: "PROJECT"},
        )


_NAMED = re.compile(r'^    "(c\d+)": ', re.MULTILINE)
"""A case's resource, condition or output, in a template as it is sent."""


def _case_at(place: Span) -> str:
    """The name of the case that stands there."""
    return _NAMED.findall(place.source.text, 0, place.end)[-1]


def _wanted(question: Question) -> Wanted:
    return Wanted(template=question.template, files=question.files, disable_rollback=True)
