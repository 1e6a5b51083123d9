"""Hooks at which resources wait: who says that they may go on. It carries nothing out."""

from __future__ import annotations

from calor.base.spelling import listed
from calor.model.stack import Stack
from calor.service.errors import InvalidBreakPointHook
from calor.service.ports import Ports
from calor.service.read import Read
from calor.template.registry import HOOKS


class Hooks:
    """What callers say about hooks."""

    def __init__(self, ports: Ports, read: Read) -> None:
        self._ports = ports
        self._read = read

    async def clear(self, stack: Stack, name: str, hook: object) -> None:
        """Lets a resource go on that waits at a hook.

        Raises `ResourceNotFound`, or `InvalidBreakPointHook` when it does not wait there.
        """
        await self._read.resource(stack, name)
        if hook not in HOOKS:
            raise InvalidBreakPointHook(f"There is no hook {hook!r}.", listed(HOOKS))
        if not await self._ports.operations.clear(stack.id, name, str(hook)):
            raise InvalidBreakPointHook(
                f"Resource {name!r} of stack {stack.name!r} does not wait at the hook {hook!r}.",
                "`calor hook list STACK` and `openstack stack hook poll STACK` list what waits",
            )
        self._ports.bus.wake("stacks", stack.id)
