"""Refusals that Heat's clients know by name; the class's name is the fault's type.

Each is a kind of `base.errors.UserError`; nothing here decides on a status code.
"""

from __future__ import annotations

from calor.base.errors import Conflict, InvalidInput, NotFound, UserError


class EntityNotFound(NotFound):
    """There is no such thing in the caller's project."""


class ResourceNotFound(NotFound):
    """The stack has no resource of that name."""


class StackExists(Conflict):
    """A stack of the project has that name."""


class ActionInProgress(Conflict):
    """The stack is busy with something that may not be taken over."""


class NotSupported(UserError):
    """What was asked for can't be done, here or in this state."""


class StackValidationFailed(InvalidInput):
    """What was given for a stack is wrong."""


class ImmutableParameterModified(UserError):
    """An update changes a parameter that the template calls immutable."""


class InvalidBreakPointHook(UserError):
    """A hook that is none, or at which the resource does not wait."""


def no_stack(name: str) -> EntityNotFound:
    return EntityNotFound(
        f"There is no stack {name!r} in this project.", "look at the list of stacks for its name"
    )
