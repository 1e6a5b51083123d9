"""One seed: what users ask, what goes wrong, and what must hold in the end."""

from __future__ import annotations

import asyncio
import random
import traceback
from collections import Counter
from dataclasses import dataclass

from calor.base.errors import CloudError, Conflict, NotFound, UserError
from calor.base.settings import Settings
from calor.model.stack import Stack
from calor.model.states import Action, Status
from calor.sandbox.settings import SandboxSettings
from calor.service.wanted import Wanted
from simulation.draft import Draft
from simulation.foreign import Plantation
from simulation.holds import Holds
from simulation.inspection import Inspection
from simulation.kinds import KINDS
from simulation.kinds.drawing import Drawer
from simulation.kinds.growth import draw, revise
from simulation.sharing import Sharing
from simulation.sinks import Sinks
from simulation.themes import Theme, theme_of
from support.anywhere import Died, NotFinal
from support.calor import Seams
from support.troubles import Kill, Mishap, PlannedKill, PlannedMishap, Troubles
from support.world import World

FEWEST = 4
"""Operations of a seed."""
SURVIVABLE = (Mishap.NOT_SENT, Mishap.LOST_BEFORE, Mishap.LOST_AFTER, Mishap.BUSY_503,
              Mishap.LIMIT_429, Mishap.ERROR_AFTER, Mishap.SLOW)  # fmt: skip


@dataclass(frozen=True)
class Result:
    """What came of one seed."""

    seed: int
    problems: tuple[str, ...]
    counts: Counter[str]
    digest: str
    trace: tuple[str, ...]
    operations: int
    resources: int


@dataclass
class Ours:
    """One stack as its user knows it."""

    name: str
    draft: Draft
    stack: Stack | None = None
    quiet: bool = True
    """Whether all went well since it was whole."""
    environment: str | None = None

    def wanted(self, *, disable_rollback: bool) -> Wanted:
        return Wanted(
            template=self.draft.template(),
            environment=self.environment,
            files=dict(self.draft.files),
            disable_rollback=disable_rollback,
            timeout=1800.0,
        )


def run_seed(seed: int, seams: Seams | None = None) -> Result:
    """Runs one seed from beginning to end."""
    chance = random.Random(f"story {seed}")
    theme = theme_of(seed)
    instant = chance.random() < 0.6
    sandbox = SandboxSettings.instant() if instant else SandboxSettings()
    if chance.random() < 0.15:
        sandbox = sandbox.changed({"token_lifetime": 120.0})
    troubles = Troubles(f"troubles {seed}")
    settings = Settings(poll_interval=10.0)
    with World(seed, sandbox=sandbox, settings=settings, troubles=troubles, seams=seams) as world:
        story = Story(world, chance, theme)
        try:
            world.run(story.tell())
        except NotFinal as error:
            world.watch.wrong(str(error))
        except Exception as error:
            world.watch.wrong(f"the story broke: {error!r}\n{traceback.format_exc()}")
        counts = world.watch.counts + troubles.counts
        return Result(
            seed=seed,
            problems=tuple(world.watch.problems),
            counts=counts,
            digest=world.trace.digest(),
            trace=tuple(world.trace.lines),
            operations=story.operations,
            resources=story.resources,
        )


class Story:
    """The users of one world."""

    def __init__(self, world: World, chance: random.Random, theme: Theme) -> None:
        self._world = world
        self._chance = chance
        self._theme = theme
        admin = theme.admin or chance.random() < 0.3
        self._drawer = Drawer(f"draw {world.seed}", KINDS, admin=admin)
        self._user = world.user("admin", "admin") if admin else world.user("demo", "demo")
        self._admin = world.user("admin", self._user.project)
        self._foreign = Plantation(self._user, world.watch, self._drawer)
        self._inspection = Inspection(world, self._admin)
        self._holds = Holds(world)
        self._sharing = Sharing(world, self._user)
        self._sinks = Sinks(world, self._user)
        self.operations = 0
        self.resources = 0

    async def tell(self) -> None:
        world = self._world
        world.start_calor()
        clearing = world.loop.create_task(self._holds.clear())
        sharing = world.loop.create_task(self._sharing.tell())
        try:
            await self._tell(sharing)
        finally:
            clearing.cancel()
            sharing.cancel()

    async def _tell(self, sharing: asyncio.Task[None]) -> None:
        stacks = [await self._begin(number) for number in range(self._how_many())]
        number, wanted = 0, self._chance.randrange(2, 5)
        while number < wanted or self.operations < FEWEST:
            await self._go_on(self._chance.choice(stacks), number)
            number += 1
        self._world.troubles.disarm()
        await sharing
        await self._rest(stacks)
        await self._finish(stacks)

    def _how_many(self) -> int:
        return 2 if self._chance.random() < 0.25 else 1

    # --- operations ---------------------------------------------------------------------------

    async def _begin(self, number: int) -> Ours:
        size = self._chance.randrange(5, 16)
        draft = draw(self._drawer, size=size, must=self._theme.kinds if number == 0 else ())
        self.resources = max(self.resources, draft.size())
        ours = Ours(f"stack{number}", draft)
        await self._plant(ours)
        self._trouble(self._theme if number == 0 else None)
        await self._create(ours)
        await self._maybe_wait(ours)
        return ours

    async def _go_on(self, ours: Ours, number: int) -> None:
        stack = await self._state(ours)
        if stack is None or stack.deleted_at is not None:
            ours.draft = draw(self._drawer, size=self._chance.randrange(5, 10))
            await self._plant(ours)
            self._trouble(None)
            await self._create(ours)
        elif stack.action is Action.DELETE:
            if stack.status is Status.FAILED:
                self._trouble(None)
                await self._delete(ours)
            await self._final(ours)
            return
        elif self._chance.random() < 0.12:
            self._trouble(None)
            await self._delete(ours)
        else:
            revise(self._drawer, ours.draft, must=self._theme.replaced if number == 0 else ())
            self.resources = max(self.resources, ours.draft.size())
            await self._plant(ours)
            self._trouble(self._theme if number == 0 else None)
            await self._update(ours)
        await self._maybe_wait(ours)

    async def _maybe_wait(self, ours: Ours) -> None:
        """Waits until it is done, or only a moment, so that the next operation takes over."""
        if self._chance.random() < (0.7 if self._theme.hasty else 0.25):
            await self._world.clock.sleep(self._chance.uniform(0.0, 4.0))
            return
        await self._final(ours)

    async def _create(self, ours: Ours) -> None:
        rollback = self._theme.rolls_back or self._chance.random() < 0.2
        ours.environment = self._sinks.added(ours.name, self._holds.environment(ours.draft))
        await self._insist(lambda: self._try_create(ours, rollback), ours, Action.CREATE)

    async def _try_create(self, ours: Ours, rollback: bool) -> None:
        wanted = ours.wanted(disable_rollback=not rollback)
        ours.stack = await self._world.create(self._user, ours.name, wanted)

    async def _update(self, ours: Ours) -> None:
        rollback = self._theme.rolls_back or self._chance.random() < 0.3
        ours.environment = self._sinks.added(ours.name, self._holds.environment(ours.draft))
        await self._insist(lambda: self._try_update(ours, rollback), ours, Action.UPDATE)

    async def _try_update(self, ours: Ours, rollback: bool) -> None:
        assert ours.stack is not None
        stack = await self._world.look(ours.stack.id)
        await self._world.update(self._user, stack, ours.wanted(disable_rollback=not rollback))

    async def _delete(self, ours: Ours) -> None:
        async def attempt() -> None:
            assert ours.stack is not None
            await self._world.delete(await self._world.look(ours.stack.id))

        await self._insist(attempt, ours, Action.DELETE)

    async def _insist(self, attempt, ours: Ours, action: Action) -> None:  # type: ignore[no-untyped-def]
        """Asks until it is accepted: the process may die meanwhile, the cloud may be unwell."""
        self.operations += 1
        self._world.trace.add("ask", action, ours.name)
        last = ""
        for _ in range(20):
            try:
                await attempt()
                return
            except Died:
                await self._find_out(ours)
                if action is Action.CREATE and ours.stack is not None:
                    return
            except UserError as error:
                await self._find_out(ours)
                if action is Action.CREATE and ours.stack is not None:
                    return
                if not isinstance(error, (Conflict, NotFound)):
                    raise
                last = str(error)
            except CloudError as error:
                last = str(error)
            await self._world.clock.sleep(3.0)
        raise NotFinal(f"{action} of {ours.name} was never accepted: {last}")

    async def _find_out(self, ours: Ours) -> None:
        """Whether a stack of that name is there now, whoever was told."""
        project = self._user.project_id
        found = await self._world.reads.stack_named(project, ours.name)
        if found is not None and found.parentage is None:
            ours.stack = found

    async def _state(self, ours: Ours) -> Stack | None:
        return None if ours.stack is None else await self._world.look(ours.stack.id)

    # --- what goes wrong ------------------------------------------------------------------------

    def _trouble(self, theme: Theme | None) -> None:
        """Draws what will go wrong with the next operation."""
        troubles = self._world.troubles
        chance = self._chance
        troubles.armed = True
        troubles.rate = 0.0
        if theme is not None:
            troubles.kills += [PlannedKill(kill.kind, kill.nth, kill.method, kill.path)
                               for kill in theme.kills]  # fmt: skip
            troubles.mishaps += [PlannedMishap(item.kind, item.nth, item.method, item.path)
                                 for item in theme.mishaps]  # fmt: skip
        if chance.random() < 0.6:
            for _ in range(chance.randrange(1, 4)):
                self._random_kill()
        if chance.random() < 0.5:
            troubles.rate = chance.choice((0.005, 0.02, 0.05))
            kinds = list(Mishap) if chance.random() < 0.4 else list(SURVIVABLE)
            troubles.weights = dict.fromkeys(kinds, 1.0)

    def _random_kill(self) -> None:
        kind = self._chance.choice(list(Kill))
        if kind is Kill.CALLBACK:
            nth = self._chance.randrange(1, 3000)
        elif kind in (Kill.BEFORE_COMMIT, Kill.AFTER_COMMIT):
            nth = self._chance.randrange(1, 30)
        else:
            nth = self._chance.randrange(1, 60)
        method = self._chance.choice(("", "POST", "DELETE", "PUT")) if nth < 20 else ""
        self._world.troubles.kills.append(PlannedKill(kind, nth, method))

    async def _plant(self, ours: Ours) -> None:
        """Twins are older than what they are beside: by how much, their times must be able to
        tell, which count seconds. While nobody knows whether a call took effect, a twin could
        not be told from its thing."""
        if await self._calm():
            self._foreign.beside(ours.draft, ours.name, share=0.4)
        await self._world.clock.sleep(self._chance.uniform(1.5, 4.0))

    async def _calm(self) -> bool:
        world = self._world
        for stack_id in await world.stack_ids():
            if (await world.look(stack_id)).status is Status.IN_PROGRESS:
                return False
            rows = await world.reads.resources(stack_id)
            if any(row.calling and row.physical_id is None for row in rows):
                return False
        return True

    # --- what must hold --------------------------------------------------------------------------

    async def _final(self, ours: Ours) -> None:
        if ours.stack is not None:
            await self._world.final(ours.stack.id)

    async def _rest(self, stacks: list[Ours]) -> None:
        """Lets all come to an end, and looks around."""
        for ours in stacks:
            await self._final(ours)
        await self._sharing.rest()
        await self._world.clock.sleep(10.0)
        await self._inspection.at_rest()
        self._foreign.inspect()
        for ours in stacks:
            stack = await self._state(ours)
            if stack is not None and stack.action in (Action.CREATE, Action.UPDATE):
                await self._inspection.matches(stack, ours.draft)

    async def _finish(self, stacks: list[Ours]) -> None:
        """Deletes all that is left, in peace: the cloud is empty afterwards."""
        for ours in stacks:
            stack = await self._state(ours)
            if stack is not None and stack.deleted_at is None:
                await self._delete(ours)
        for ours in stacks:
            await self._final(ours)
            stack = await self._state(ours)
            if stack is not None and stack.state != "DELETE_COMPLETE":
                self._world.watch.wrong(
                    f"{ours.name} can't be deleted in peace: {stack.state} {stack.reason}"
                )
        await self._sharing.finish()
        await self._sinks.inspect()
        # What left may still take effect. Delegations that nobody knows are swept after a while.
        await self._world.clock.sleep(60.0)
        if not self._inspection.no_trusts():
            await self._world.clock.sleep(2500.0)
        await self._inspection.at_rest()
        self._foreign.inspect()
        self._inspection.empty()
