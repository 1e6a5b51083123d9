"""The ASGI application: routing, authentication, authorisation and faults around the handlers.

What a call does is in the handlers; what there is, in `routes`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route as StarletteRoute

from calor.api.rest.answers import answer
from calor.api.rest.call import Call
from calor.api.rest.faults import fault, fault_of
from calor.api.rest.links import base_url
from calor.api.rest.policy import allows, roles_of
from calor.api.rest.routes import ROUTES, Route
from calor.base.errors import CalorError, CloudError, Forbidden, UserError
from calor.model.ports import Caller
from calor.service.service import Service

log = structlog.get_logger(__name__)

Endpoint = Callable[[Request], Awaitable[Response]]

OWN_PROJECT_ONLY = ("stacks:create", "stacks:preview", "stacks:plan_create")
"""Policies of calls that act for the token's own project, even for administrators."""


def create_app(service: Service) -> Starlette:
    """The REST API in front of a service."""
    by_path: dict[str, dict[str, Route]] = {}
    for route in ROUTES:
        by_path.setdefault(route.path, {})[route.method] = route
    routes = [
        StarletteRoute("/", versions, methods=["GET"]),
        StarletteRoute("/versions", versions, methods=["GET"]),
        StarletteRoute("/v1", versions, methods=["GET"]),
        StarletteRoute("/v1/", versions, methods=["GET"]),
        StarletteRoute("/healthcheck", healthcheck, methods=["GET"]),
        *(
            StarletteRoute(path, _endpoint(service, methods), methods=[*methods, "OPTIONS"])
            for path, methods in by_path.items()
        ),
    ]
    app = Starlette(routes=routes, exception_handlers={HTTPException: _no_route})
    app.router.redirect_slashes = False
    return app


async def versions(request: Request) -> Response:
    """Which versions of the API there are."""
    base = _base(request)
    entry = {
        "id": "v1.0",
        "status": "CURRENT",
        "links": [{"rel": "self", "href": f"{base}/v1/"}],
    }
    return answer({"versions": [entry]}, 300)


async def healthcheck(request: Request) -> Response:
    return PlainTextResponse("OK")


def _endpoint(service: Service, methods: Mapping[str, Route]) -> Endpoint:
    allow = ", ".join(methods)

    async def endpoint(request: Request) -> Response:
        if request.method == "OPTIONS":
            return Response(b"", 204, {"allow": allow})
        route = methods["GET" if request.method == "HEAD" else request.method]
        request_id = f"req-{service.new_id()}"
        response = await _answered(service, route, request, request_id)
        response.headers["x-openstack-request-id"] = request_id
        return response

    return endpoint


async def _answered(service: Service, route: Route, request: Request, request_id: str) -> Response:
    try:
        caller = await service.authenticator.authenticate(request.headers.get("x-auth-token", ""))
        project = request.path_params["tenant_id"]
        _authorise(route, caller, project)
        return await route.handler(Call(service, caller, project, request, _base(request)))
    except (UserError, CloudError) as error:
        status, body = fault_of(error)
    except CalorError as error:
        log.error("a call failed", request=request_id, path=request.url.path, error=str(error))
        status, body = fault_of(error)
    except Exception as error:
        log.exception("a call failed", request=request_id, path=request.url.path)
        status, body = fault_of(error)
    headers = {"www-authenticate": "Keystone"} if status == 401 else {}
    return answer(body, status, headers)


def _authorise(route: Route, caller: Caller, project: str) -> None:
    """Raises `Forbidden` for another's project and for a role that is not enough."""
    if project != caller.owner.project_id:
        if not caller.is_admin:
            raise Forbidden("The token is for another project than the address names.")
        if route.policy in OWN_PROJECT_ONLY:
            raise Forbidden(
                "Stacks are created in the token's own project.",
                "take a token for the project that the address names",
            )
    if not allows(route.policy, caller):
        raise Forbidden(
            f"The roles {', '.join(sorted(set(roles_of(caller))))} do not allow {route.policy}.",
            "ask for a role that does",
        )


def _base(request: Request) -> str:
    return base_url(request.url.scheme, request.headers, request.url.netloc)


async def _no_route(request: Request, error: Exception) -> Response:
    """An address or a method that is not there."""
    assert isinstance(error, HTTPException)
    if error.status_code == 405:
        status, body = fault(
            405, "HTTPMethodNotAllowed", f"{request.url.path} does not take {request.method}."
        )
    else:
        status, body = fault(404, "HTTPNotFound", f"There is nothing at {request.url.path}.")
    return answer(body, status, error.headers)
