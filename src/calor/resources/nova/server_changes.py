"""What an update does to a server as a whole: resize, rebuild, a new password.

Each looks first whether the server is that way already, so that each may be cut and run again. A
server that is at something is waited for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from calor.base.errors import HttpFault, ResourceFailed
from calor.model.resource_type import Work
from calor.resources.nova import user_data
from calor.resources.nova.discreet import discreet
from calor.resources.nova.server_identity import SERVERS
from calor.resources.rest import Thing
from calor.resources.wire import at

BUSY = (
    "BUILD",
    "HARD_REBOOT",
    "MIGRATING",
    "PASSWORD",
    "REBOOT",
    "REBUILD",
    "RESIZE",
    "REVERT_RESIZE",
)
CONFIRM = "VERIFY_RESIZE"
TASK = "OS-EXT-STS:task_state"

TRIES = 3
"""How often an action is asked for that the server refuses because it is at something."""

WITH_USER_DATA = "2.57"
"""The microversion since which a rebuild takes user data, and takes no files any more."""


def word(thing: Thing) -> str:
    """The state; some clouds write more after it, in parentheses."""
    return str(thing.get("status") or "").partition("(")[0].upper()


def failure(thing: Thing) -> str:
    """Why a server failed, in the form that clients know from Heat."""
    fault = thing.get("fault") or {}
    told = f"Message: {fault.get('message', 'Unknown')}, Code: {fault.get('code', 'Unknown')}"
    return f'Went to status {word(thing)} due to "{told}"'


def flavor_of(thing: Thing) -> str:
    return str(at(thing, "flavor.id"))


def image_of(thing: Thing) -> str:
    return str(at(thing, "image.id") or "")


async def at_rest(work: Work, *busy: str) -> Thing:
    """The server once it is at nothing, nor in one of the further states."""
    words = (*BUSY, *busy)

    def done(thing: Thing | None) -> bool:
        return _there(thing).get(TASK) in (None, "") and word(_there(thing)) not in words

    return _there(await work.cloud.watch(SERVERS, work.id, done))


def _there(thing: Thing | None) -> Thing:
    if thing is None or word(thing) in ("DELETED", "SOFT_DELETED"):
        raise ResourceFailed("it is not there any more; somebody else may have deleted it")
    return thing


async def act(
    work: Work,
    action: str,
    body: Mapping[str, Any] | None,
    *,
    done: Callable[[Thing], bool] = lambda thing: False,
    microversion: str = "",
) -> None:
    """Asks for an action. A refusal for now may come from our own call before, whose answer was
    lost; then `done` tells of the server at rest whether that is so."""
    for attempt in range(1, TRIES + 1):
        try:
            asked = work.cloud.call(
                "POST",
                "compute",
                f"{SERVERS.path}/{work.id}/action",
                body={action: body},
                microversion=microversion,
                safe=True,
            )
            await discreet(work, body or {}, asked)
            return
        except HttpFault as error:
            if error.status not in (400, 409):
                raise
            if done(await at_rest(work)):
                return
            if error.status == 400 or attempt == TRIES:
                raise
        await work.clock.sleep(1.0)


# --- flavor -------------------------------------------------------------------------------------


async def resize(work: Work) -> None:
    """Gives the server the wanted flavor, and confirms whatever resize waits for that."""
    wanted = str(work.properties["flavor"])
    thing = await _confirmed(work, await at_rest(work))
    if flavor_of(thing) == wanted:
        return

    def done(thing: Thing) -> bool:
        return flavor_of(thing) == wanted

    await act(work, "resize", {"flavorRef": wanted}, done=done)
    thing = await _confirmed(work, await at_rest(work))
    if not done(thing):
        told = failure(thing) if word(thing) == "ERROR" else "Nova gave it back as it was"
        raise ResourceFailed(f"resizing to the flavor {wanted} failed: {told}")


async def _confirmed(work: Work, thing: Thing) -> Thing:
    if word(thing) != CONFIRM:
        return thing
    try:
        await act(work, "confirmResize", None, done=lambda thing: word(thing) != CONFIRM)
    except HttpFault as error:
        # While Nova confirms, the server looks as if it still waited for that, and who asks again,
        # since the first answer was lost, is told that there is nothing to confirm.
        if error.status != 400:
            raise
    return await at_rest(work, CONFIRM)


# --- image --------------------------------------------------------------------------------------


async def rebuild(work: Work, *, new_data: bool) -> None:
    """Gives the server the wanted image; with `new_data` its user data too."""
    thing = await at_rest(work)
    wanted = str(work.properties.get("image") or image_of(thing))

    def done(thing: Thing) -> bool:
        return image_of(thing) == wanted and not new_data

    if done(thing) and word(thing) != "ERROR":
        return
    body, microversion = _rebuild_body(work.properties, wanted, new_data=new_data)
    await act(work, "rebuild", body, done=done, microversion=microversion)
    thing = await at_rest(work)
    if word(thing) == "ERROR" or image_of(thing) != wanted:
        told = failure(thing) if word(thing) == "ERROR" else "Nova gave it back as it was"
        raise ResourceFailed(f"rebuilding from the image {wanted} failed: {told}")


def _rebuild_body(
    properties: Mapping[str, Any], image: str, *, new_data: bool
) -> tuple[dict[str, Any], str]:
    body: dict[str, Any] = {"imageRef": image}
    if properties.get("admin_pass"):
        body["adminPass"] = properties["admin_pass"]
    if properties.get("image_update_policy") == "REBUILD_PRESERVE_EPHEMERAL":
        body["preserve_ephemeral"] = True
    if not new_data:
        if properties.get("personality"):
            body["personality"] = user_data.files(properties["personality"])
        return body, SERVERS.microversion
    form = str(properties.get("user_data_format"))
    body["user_data"] = user_data.encoded(str(properties.get("user_data") or ""), form)
    return body, WITH_USER_DATA


# --- password -----------------------------------------------------------------------------------


async def change_password(work: Work) -> None:
    await at_rest(work)
    await act(work, "changePassword", {"adminPass": work.properties["admin_pass"]})
