"""More stacks in some seeds: two that export values under the same few names, and one that imports
them. It draws apart from all else.

What must hold: a name is one stack's alone; what is imported stays as it was imported; and what can
be imported is what its stack's output says.
"""

from __future__ import annotations

import json
import random
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from calor.base.errors import CloudError, Conflict, ExportConflict, NotFound
from calor.base.values import reveal
from calor.model.exports import Export
from calor.model.stack import Stack
from calor.model.states import Action, Status
from calor.planning.exports import HELD, NO_EXPORT, TAKEN
from calor.service.errors import StackValidationFailed
from calor.service.wanted import Wanted
from support.anywhere import Died, NotFinal
from support.user import CloudUser
from support.world import World

SHARE = 0.4
"""Of seeds that have these stacks."""

VALUES: dict[str, Any] = {
    "word": {"Fn::GetAtt": ["Word", "value"]},
    "name": {"Fn::GetAtt": ["Net", "name"]},
    "id": {"Ref": "Net"},
}
"""By its name, what an export is: known at once, known late, and new after a replacement."""
EXPORTERS, IMPORTER = ("first", "second"), "user"
WORDS = ("red", "blue")

EXPORTED, IMPORTED = "a value exported", "a value imported"
NOT_THERE = "an import refused that nobody exports"
NOT_FREE = "an export refused that is another stack's"
KEPT = "an export kept for those who import it"
STALE = "an export that a failure left for its importers alone"
SHARED = (EXPORTED, IMPORTED, NOT_THERE, NOT_FREE, KEPT, STALE)
"""What must happen at least once in a run."""


class Sharing:
    """The three stacks of one story, if it has them."""

    def __init__(self, world: World, user: CloudUser) -> None:
        self._world = world
        self._user = user
        self._chance = random.Random(f"sharing {world.seed}")
        self._there = self._chance.random() < SHARE
        self._stacks: dict[str, Stack] = {}

    async def tell(self) -> None:
        if not self._there:
            return
        for name in (EXPORTERS[0], IMPORTER):
            await self._go_on(name)
            await self._final(name)
        for _ in range(self._chance.randrange(6, 12)):
            await self._world.clock.sleep(self._chance.uniform(0.0, 6.0))
            name = self._chance.choices((*EXPORTERS, IMPORTER), (5, 2, 3))[0]
            await self._go_on(name)
            await self._look()
            if self._chance.random() < 0.8:
                await self._final(name)
                await self._look()

    async def rest(self) -> None:
        """Waits for the end of what is under way; then what can be imported is what there is."""
        for name in self._stacks:
            await self._final(name)
        await self._look()
        for export in await self._exports():
            if export.ready:
                await self._true(export)
        await self._held()

    async def finish(self) -> None:
        """Deletes all of them; then nothing is shared any more."""
        for name in (IMPORTER, *EXPORTERS):
            stack = await self._state(name)
            if stack is not None:
                await self._ask(name, Action.DELETE, partial(self._delete, name))
                await self._final(name)
                stack = await self._world.look(self._stacks[name].id)
                if stack.state != "DELETE_COMPLETE":
                    self._wrong(f"{name} can't be deleted in peace: {stack.state} {stack.reason}")
        for export in await self._exports():
            self._wrong(f"the export {export.name} is left over")
        for one in await self._world.reads.imports(self._user.project_id, list(VALUES)):
            self._wrong(f"an import of {one.name} is left over")

    # --- operations ---------------------------------------------------------------------------

    async def _go_on(self, name: str) -> None:
        stack = await self._state(name)
        if stack is None:
            wanted = self._drawn(name)
            await self._ask(name, Action.CREATE, partial(self._create, name, wanted))
        elif stack.action is Action.DELETE or self._chance.random() < 0.15:
            await self._ask(name, Action.DELETE, partial(self._delete, name))
        else:
            wanted = self._drawn(name)
            await self._ask(name, Action.UPDATE, partial(self._update, name, wanted))

    def _drawn(self, name: str) -> Wanted:
        template = self._importer() if name == IMPORTER else self._exporter()
        return Wanted(
            template=json.dumps({"AWSTemplateFormatVersion": "2010-09-09", **template}, indent=1),
            disable_rollback=self._chance.random() < 0.6,
            timeout=1800.0,
        )

    def _exporter(self) -> dict[str, Any]:
        chance = self._chance
        net = {"name": f"shared-{chance.choice(WORDS)}"}
        resources: dict[str, Any] = {
            "Word": _resource("OS::Heat::Value", value=chance.choice(WORDS)),
            "Net": _resource("OS::Neutron::Net", **net),
        }
        if chance.random() < 0.25:
            resources["Bad"] = _resource("OS::Heat::TestResource", fail=True)
            resources["Bad"]["DependsOn"] = ["Net", "Word"]
        outputs = {
            name: {"Value": value, "Export": {"Name": name}}
            for name, value in VALUES.items()
            if chance.random() < 0.8
        }
        return {"Resources": resources, "Outputs": outputs}

    def _importer(self) -> dict[str, Any]:
        names = [name for name in VALUES if self._chance.random() < 0.7]
        routers = {
            f"Of{name}": _resource("OS::Neutron::Router", name={"Fn::ImportValue": name})
            for name in names
        }
        return {"Resources": {"Own": _resource("OS::Heat::RandomString"), **routers}}

    async def _create(self, name: str, wanted: Wanted) -> None:
        self._stacks[name] = await self._world.create(self._user, name, wanted)

    async def _update(self, name: str, wanted: Wanted) -> None:
        await self._world.update(self._user, await self._world.look(self._id(name)), wanted)

    async def _delete(self, name: str) -> None:
        await self._world.delete(await self._world.look(self._id(name)))

    async def _ask(self, name: str, action: Action, attempt: Callable[[], Awaitable[None]]) -> None:
        """Asks until it is accepted, or refused for what is shared, or not possible now."""
        self._world.trace.add("ask", action, name)
        for _ in range(20):
            try:
                await attempt()
                return
            except Died:
                await self._find_out(name)
                if action is Action.CREATE and name in self._stacks:
                    return
            except (StackValidationFailed, ExportConflict) as error:
                self._refused(error)
                return
            except (Conflict, NotFound):
                await self._find_out(name)
                return
            except CloudError:
                pass
            await self._world.clock.sleep(3.0)
        raise NotFinal(f"{action} of {name} was never accepted")

    def _refused(self, error: StackValidationFailed | ExportConflict) -> None:
        counts = self._world.watch.counts
        if isinstance(error, ExportConflict):
            counts[KEPT] += "import" in str(error)
            return
        for problem in error.diagnostics:
            if problem.rule not in REFUSALS:
                self._wrong(f"refused for {problem.code}: {problem.message}")
                continue
            counts[REFUSALS[problem.rule]] += 1

    async def _find_out(self, name: str) -> None:
        found = await self._world.reads.stack_named(self._user.project_id, name)
        if found is not None:
            self._stacks[name] = found

    def _id(self, name: str) -> str:
        return self._stacks[name].id

    async def _state(self, name: str) -> Stack | None:
        """The stack, None when it is not there or deleted."""
        if name not in self._stacks:
            return None
        stack = await self._world.look(self._id(name))
        return stack if stack.deleted_at is None else None

    async def _final(self, name: str) -> None:
        if name in self._stacks:
            await self._world.final(self._id(name))

    # --- what must hold -----------------------------------------------------------------------

    async def _exports(self) -> list[Export]:
        return await self._world.reads.exports(self._user.project_id)

    async def _look(self) -> None:
        """At any moment: each name once, and all that is imported is there, as it was imported."""
        exports = await self._exports()
        names = [export.name for export in exports]
        if len(names) != len(dict.fromkeys(names)):
            self._wrong(f"a name is exported twice: {names}")
        by_name = {export.name: export for export in exports}
        for one in await self._world.reads.imports(self._user.project_id, list(VALUES)):
            export = by_name.get(one.name)
            if export is None or export.value is None:
                self._wrong(f"{one.stack_name} imports {one.name}, which nobody exports")
                continue
            await self._imported(export, await self._world.look(one.stack_id))
        counts = self._world.watch.counts
        counts[EXPORTED] += any(export.ready for export in exports)

    async def _imported(self, export: Export, importer: Stack) -> None:
        counts = self._world.watch.counts
        counts[IMPORTED] += 1
        exporter = await self._world.look(export.stack_id)
        if exporter.deleted_at is not None:
            self._wrong(f"{export.name} is imported, but {exporter.name} is deleted")
        counts[STALE] += exporter.state == "UPDATE_FAILED" and not export.ready
        if importer.status is not Status.COMPLETE:
            return
        for row in await self._world.reads.resources(importer.id):
            if row.name == f"Of{export.name}":
                given, now = row.properties["name"], reveal(export.value)
                if given != now:
                    self._wrong(f"{export.name} was imported as {given!r} and is {now!r}")

    async def _held(self) -> None:
        """What the importing stack uses it also holds on to."""
        importer = await self._state(IMPORTER)
        if importer is None or importer.status is not Status.COMPLETE:
            return
        rows = await self._world.reads.resources(importer.id)
        imports = await self._world.reads.imports(self._user.project_id, list(VALUES))
        used = sorted(row.name for row in rows if row.name.startswith("Of"))
        held = sorted(f"Of{one.name}" for one in imports if one.stack_id == importer.id)
        if used != held:
            self._wrong(f"{importer.name}, {importer.state}, has {used} and holds {held}")

    async def _true(self, export: Export) -> None:
        stack = await self._world.look(export.stack_id)
        for output in stack.outputs:
            if output.name == export.name:
                if output.error or reveal(output.value) != reveal(export.value):
                    self._wrong(
                        f"{export.name} is exported as {export.value!r}, but the output of"
                        f" {stack.name}, {stack.state}, is {output.value!r} {output.error}"
                    )
                return
        self._wrong(f"{export.name} is exported, but {stack.name} has no such output")

    def _wrong(self, what: str) -> None:
        self._world.watch.wrong(what)


REFUSALS = {NO_EXPORT: NOT_THERE, TAKEN: NOT_FREE, HELD: KEPT}


def _resource(type: str, **properties: Any) -> dict[str, Any]:
    return {"Type": type, "Properties": properties}
