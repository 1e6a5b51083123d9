"""Logging in: what a credential is, and the identity that Keystone gives for it.

Keystoneauth1's plug-ins know how; they run as one blocking call and reach the network only
through the Transport. Whether a token is too old is judged elsewhere, by our own clock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from keystoneauth1 import exceptions
from keystoneauth1.access import AccessInfo, AccessInfoV3
from keystoneauth1.access.service_catalog import ServiceCatalog, ServiceCatalogV3
from keystoneauth1.identity import v3
from keystoneauth1.identity.base import BaseIdentityPlugin
from keystoneauth1.plugin import BaseAuthPlugin
from keystoneauth1.session import Session

from calor.base.clock import parse_iso
from calor.base.errors import CalorError, HttpFault, LoginFailed
from calor.base.executor import Executor
from calor.base.wire import Request, Transport
from calor.cloud import faults
from calor.cloud.adapter import carried_by
from calor.model.ports import Trusts


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a token stands for and what it reaches. Times are seconds since 1970.

    `borrowed` says what the power comes from when it can't be handed on: 'trust' or 'application
    credential'; else ''. `project_id` is '' for a token without a project.
    """

    token: str
    issued_at: float
    expires_at: float
    user_id: str
    username: str
    project_id: str
    project_name: str
    roles: tuple[str, ...]
    catalog: ServiceCatalog
    borrowed: str = ""


class Credential(Protocol):
    """Something to log in with. `renewable`: asking again gives a newer token."""

    @property
    def renewable(self) -> bool: ...

    async def log_in(self) -> Identity:
        """Raises `LoginFailed` when Keystone refuses, other `CloudError`s when it can't be
        asked. One try."""
        ...


class PluginCredential:
    """Any way to log in that keystoneauth1 knows. `make` builds the plug-in on first use."""

    renewable = True

    def __init__(
        self,
        make: Callable[[], BaseAuthPlugin],
        *,
        transport: Transport,
        executor: Executor,
        timeout: float,
    ) -> None:
        self._make = make
        self._transport = transport
        self._executor = executor
        self._timeout = timeout
        self._plugin: BaseIdentityPlugin | None = None

    async def log_in(self) -> Identity:
        return await self._executor.run(self._blocking)

    def _blocking(self) -> Identity:
        try:
            if self._plugin is None:
                self._plugin = _identity_plugin(self._make())
            plugin = self._plugin
            return _from_access(plugin.get_auth_ref(self._session(plugin)))
        except exceptions.HttpError as error:
            raise _refused(error) from error
        except exceptions.ClientException as error:
            cause = error.__cause__ or error.__context__
            if isinstance(cause, exceptions.HttpError) and cause.http_status >= 500:
                raise _refused(cause) from error
            said = str(error).rstrip(".")
            raise LoginFailed(
                f"can't log in to the cloud: {said}; check that auth_url is Keystone's"
            ) from error
        except CalorError:
            raise
        except Exception as error:  # plug-ins raise all kinds, as for a password that is missing
            raise LoginFailed(f"can't log in to the cloud: {error}") from error

    def _session(self, plugin: BaseAuthPlugin) -> Session:
        client = carried_by(self._transport, self._timeout)
        return Session(auth=plugin, session=client, timeout=self._timeout, user_agent="calor")


class TokenCredential:
    """A token that somebody else got: Keystone is asked what it is worth, no new one is made."""

    renewable = False

    def __init__(self, token: str, auth_url: str, *, transport: Transport, timeout: float) -> None:
        self._token = token
        self._auth_url = auth_url
        self._transport = transport
        self._timeout = timeout

    async def log_in(self) -> Identity:
        return await validate(
            self._token,
            asker=self._token,
            auth_url=self._auth_url,
            transport=self._transport,
            timeout=self._timeout,
        )


@dataclass(frozen=True, slots=True)
class ServiceUser:
    """Calor's own account, to which users delegate. Its password is what makes trusts work."""

    auth_url: str
    password: str
    username: str = ""
    user_id: str = ""
    user_domain_name: str = ""
    user_domain_id: str = ""
    project_name: str = ""
    project_id: str = ""
    project_domain_name: str = ""
    project_domain_id: str = ""

    @classmethod
    def from_auth(cls, auth: Mapping[str, Any]) -> ServiceUser | None:
        """Out of the `auth` of a clouds.yaml; None when it is not a user with a password."""
        wanted = {name: str(auth[name]) for name in cls.__slots__ if auth.get(name)}
        if "password" not in wanted or not ("username" in wanted or "user_id" in wanted):
            return None
        return cls(**wanted)

    def plugin(self, trust_id: str = "") -> BaseAuthPlugin:
        """Scoped to its own project, or to what a trust hands over. Trusts are v3's, so there is
        nothing to find out about Keystone first."""
        return v3.Password(
            versioned(self.auth_url),
            username=self.username or None,
            user_id=self.user_id or None,
            password=self.password,
            user_domain_name=self.user_domain_name or None,
            user_domain_id=self.user_domain_id or None,
            project_name=None if trust_id else self.project_name or None,
            project_id=None if trust_id else self.project_id or None,
            project_domain_name=None if trust_id else self.project_domain_name or None,
            project_domain_id=None if trust_id else self.project_domain_id or None,
            trust_id=trust_id or None,
        )


class TrustCredential:
    """What a user delegated to the service user, by the row that remembers it."""

    renewable = True

    def __init__(
        self,
        row_id: str,
        *,
        trusts: Trusts,
        service_user: ServiceUser,
        transport: Transport,
        executor: Executor,
        timeout: float,
    ) -> None:
        self._row_id = row_id
        self._trusts = trusts
        self._service_user = service_user
        self._transport = transport
        self._executor = executor
        self._timeout = timeout
        self._trust_id = ""
        self._inner: PluginCredential | None = None

    async def log_in(self) -> Identity:
        row = await self._trusts.get(self._row_id)
        if row is None or not row.trust_id:
            raise LoginFailed(
                "the stack's delegation is gone; update the stack once, so that a new one is made"
            )
        trust_id = row.trust_id
        if self._inner is None or self._trust_id != trust_id:
            self._trust_id = trust_id
            self._inner = PluginCredential(
                lambda: self._service_user.plugin(trust_id),
                transport=self._transport,
                executor=self._executor,
                timeout=self._timeout,
            )
        return await self._inner.log_in()


class NoCredential:
    """Nothing to log in with; every attempt says why."""

    renewable = False

    def __init__(self, reason: str) -> None:
        self._reason = reason

    async def log_in(self) -> Identity:
        raise LoginFailed(self._reason)


async def validate(
    token: str, *, asker: str, auth_url: str, transport: Transport, timeout: float
) -> Identity:
    """What a token is worth, asked with the token `asker` (which may be the same).

    Raises `LoginFailed` for a token that is not or no longer valid, `HttpFault` 401 when `asker`
    itself is refused.
    """
    request = Request(
        "GET",
        f"{versioned(auth_url)}/auth/tokens",
        {"X-Auth-Token": asker, "X-Subject-Token": token, "Accept": "application/json"},
    )
    response = await transport.send(request, timeout=timeout)
    if response.status == 404 or (response.status == 401 and asker == token):
        raise LoginFailed("the token is not valid or has expired; get a new one")
    if response.status != 200:
        raise faults.fault(request, response, 0.0)
    return from_body(token, faults.parsed(response))


def versioned(auth_url: str) -> str:
    """Keystone's v3 root for the URL that people write, with or without a version."""
    url = auth_url.rstrip("/")
    for old in ("/v2.0", "/v3"):
        url = url.removesuffix(old)
    return f"{url}/v3"


def from_body(token: str, body: Any) -> Identity:
    """The identity in a body of Keystone's `/auth/tokens`. Raises `LoginFailed` for another."""
    try:
        data = body["token"]
        project = data.get("project") or {}
        return Identity(
            token=token,
            issued_at=parse_iso(data["issued_at"]),
            expires_at=parse_iso(data["expires_at"]),
            user_id=data["user"]["id"],
            username=data["user"].get("name", ""),
            project_id=project.get("id", ""),
            project_name=project.get("name", ""),
            roles=tuple(sorted(role["name"] for role in data.get("roles") or ())),
            catalog=ServiceCatalogV3(data.get("catalog") or []),
            borrowed=_borrowed(
                trust="OS-TRUST:trust" in data,
                application=data.get("application_credential") is not None,
                restricted=(data.get("application_credential") or {}).get("restricted", True),
            ),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise LoginFailed("Keystone's description of the token makes no sense") from error


def _from_access(access: AccessInfo) -> Identity:
    if not isinstance(access, AccessInfoV3):
        raise LoginFailed("this Keystone speaks only v2.0; Calor needs v3")
    if access.auth_token is None or access.user_id is None or access.expires is None:
        raise LoginFailed("Keystone's description of the token makes no sense")
    application = access.application_credential if access.application_credential_id else None
    return Identity(
        token=access.auth_token,
        issued_at=access.issued.timestamp() if access.issued else 0.0,
        expires_at=access.expires.timestamp(),
        user_id=access.user_id,
        username=access.username or "",
        project_id=access.project_id or "",
        project_name=access.project_name or "",
        roles=tuple(sorted(access.role_names or ())),
        catalog=access.service_catalog,
        borrowed=_borrowed(
            trust=access.trust_scoped,
            application=application is not None,
            restricted=application is None or bool(application.get("restricted", True)),
        ),
    )


def _borrowed(*, trust: bool, application: bool, restricted: bool) -> str:
    if trust:
        return "trust"
    return "application credential" if application and restricted else ""


def _identity_plugin(plugin: BaseAuthPlugin) -> BaseIdentityPlugin:
    if not isinstance(plugin, BaseIdentityPlugin):
        raise LoginFailed(
            f"the log-in method {type(plugin).__name__} asks no Keystone; use one that does, "
            "as auth_type: password"
        )
    return plugin


def _refused(error: exceptions.HttpError) -> LoginFailed | HttpFault:
    status = error.http_status
    said = (error.message or "").partition(" (HTTP")[0]
    if status >= 500 or status == 429:
        return HttpFault(status, said, url=error.url or "")
    if status == 401:
        return LoginFailed(
            "Keystone refuses these credentials; check user, password, project and domains "
            f"({said})"
        )
    return LoginFailed(f"Keystone does not let us in: {said} (HTTP {status})")
