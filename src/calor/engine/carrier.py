"""What each step of a schedule does: values are found out, then the step is taken.

It knows neither order nor slots; those are the walk's.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from calor.base.errors import CalorError
from calor.engine.ledger import Ledger
from calor.engine.steps import Steps
from calor.model.resource import Resource
from calor.model.stack import Output
from calor.model.states import DeletionPolicy
from calor.planning.composition import Composition
from calor.planning.evaluate import Asked, Evaluator, Wanted
from calor.planning.plan import Planned
from calor.planning.schedule import Clean, Do, Step


def undone(row: Resource) -> DeletionPolicy:
    """What becomes of a thing when the operation that made it is rolled back."""
    if row.deletion_policy is DeletionPolicy.RETAIN_EXCEPT_ON_CREATE:
        return DeletionPolicy.DELETE
    return row.deletion_policy


class Carrier:
    """Takes the steps of one schedule. Without a composition everything goes. When it `undoes`,
    whatever is not wanted any more was made by what is rolled back."""

    def __init__(
        self,
        ledger: Ledger,
        steps: Steps,
        planned: Planned,
        composition: Composition | None,
        *,
        undoes: bool = False,
    ) -> None:
        self._undoes = undoes
        self._ledger = ledger
        self._steps = steps
        self._planned = planned
        self._composition = composition
        self._replaced: dict[str, bool] = {}
        """Hinges of the schedule: whether they have to be replaced now that all is known."""
        self._evaluator = (
            Evaluator(composition, ledger.current) if composition is not None else None
        )

    async def __call__(self, step: Step) -> None:
        if isinstance(step, Do):
            assert self._composition is not None
            await self._steps.do(
                self._composition.parts[step.name],
                lambda: self._wanted(step.name),
                old_first=step.name in self._planned.schedule.old_first,
            )
        else:
            await self._clean(step)

    async def _wanted(self, name: str) -> Wanted:
        assert self._evaluator is not None
        known = self._planned.wanted.get(name)
        if known is not None:
            return known
        await self._learn(self._evaluator.asks(name), all=True)
        return self._evaluator.wanted(name, self._planned.needs[name])

    async def outputs(self) -> tuple[Output, ...]:
        """The stack's outputs, after all is done."""
        assert self._evaluator is not None
        # an output without all that it asks for says that it is not known
        await self._learn(self._evaluator.outputs_ask())
        return self._evaluator.outputs()

    async def _learn(self, asked: Sequence[Asked], *, all: bool = False) -> None:
        """Raises CalorError where `all` have to be known."""
        assert self._evaluator is not None
        for item, answer in (await self._steps.live.read(asked)).items():
            if not isinstance(answer, CalorError):
                self._evaluator.learn(item, answer)
            elif all:
                raise answer

    async def _clean(self, step: Clean) -> None:
        row = self._ledger.rows.get(step.row_id)
        if row is None:
            return
        wanted = self._composition is not None and row.name in self._composition.parts
        if not wanted:
            await self._steps.remove(row, undone(row) if self._undoes else None)
        elif row.retired:
            await self._steps.remove(row)
        elif await self._gives_way(row.name):
            await self._steps.remove(row, self._replace_policy(row.name))

    def _replace_policy(self, name: str) -> DeletionPolicy | None:
        assert self._evaluator is not None
        return self._evaluator.replace_policy(name)

    async def _gives_way(self, name: str) -> bool:
        """Whether the thing of a wanted name goes before its successor comes."""
        schedule = self._planned.schedule
        if name not in schedule.old_first:
            return False
        assert self._composition is not None
        await self._steps.before(self._composition.parts[name])
        hinges = schedule.hinges
        for hinge in hinges.get(name, (name,)):
            if hinge not in hinges or await self._is_replaced(hinge):
                return True
        return False

    async def _is_replaced(self, hinge: str) -> bool:
        if hinge not in self._replaced:
            assert self._composition is not None
            part, evaluate = self._composition.parts[hinge], partial(self._wanted, hinge)
            self._replaced[hinge] = await self._steps.replaces(part, evaluate)
        return self._replaced[hinge]
