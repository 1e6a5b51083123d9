"""The exceptions of Calor. Exceptions are for callers; what people read are diagnostics.

CalorError
  UserError                 somebody asked for what can't be done
    InvalidInput            what they gave is wrong; carries diagnostics
    NotFound                it is not there
    Conflict                it is there already, or busy
      ExportConflict        a name that stacks share is taken, missing, or held by others
    Unauthenticated         nobody knows who they are
    Forbidden               they may not
    LimitExceeded           larger than a setting allows
  CloudError                the cloud did not do what we asked
    NotSent                 the request surely never left
    LostAnswer              it left, and nobody knows what it did
    HttpFault               it answered with an error status
    LoginFailed             it does not let us in
  ResourceFailed            a resource can't become what it should
  LeaseLost                 another engine holds the stack now
"""

from __future__ import annotations

from collections.abc import Iterable

from calor.base.diagnostics import Diagnostic, render


class CalorError(Exception):
    """The root of all errors that Calor raises on purpose."""


class UserError(CalorError):
    """The caller's request can't be met. `hint` says what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class InvalidInput(UserError):
    """What was given is wrong; all problems that were found are in `diagnostics`."""

    def __init__(
        self, message: str, diagnostics: Iterable[Diagnostic] = (), hint: str = ""
    ) -> None:
        super().__init__(message, hint)
        self.diagnostics = tuple(diagnostics)

    def __str__(self) -> str:
        return "\n".join([self.message, *(render(item) for item in self.diagnostics)])


class NotFound(UserError):
    pass


class Conflict(UserError):
    pass


class ExportConflict(Conflict):
    pass


class Unauthenticated(UserError):
    pass


class Forbidden(UserError):
    pass


class LimitExceeded(UserError):
    """More than `setting` allows."""

    def __init__(self, message: str, setting: str) -> None:
        super().__init__(message, f"raise the setting {setting} (CALOR_{setting.upper()})")
        self.setting = setting


class CloudError(CalorError):
    """The cloud did not do what we asked of it."""


class NotSent(CloudError):
    pass


class LostAnswer(CloudError):
    pass


class LoginFailed(CloudError):
    pass


class HttpFault(CloudError):
    """An answer with an error status. `message` is what the service said, in its own words."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        method: str = "",
        url: str = "",
        retry_after: float = 0.0,
    ) -> None:
        super().__init__(f"{message} (HTTP {status})" if message else f"HTTP {status}")
        self.status = status
        self.message = message
        self.method = method
        self.url = url
        self.retry_after = retry_after


class ResourceFailed(CalorError):
    """A resource can't become what it should. The text is the resource's status reason."""


class LeaseLost(CalorError):
    """The stack's lease is not ours any more: stop, write nothing."""


class StoreFailed(CalorError):
    """The database could not be asked, or refused: what was to be written is not."""
