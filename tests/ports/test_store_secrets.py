"""Sealing: what is secret is nowhere readable in the database, and keys may rotate."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
import sqlalchemy as sa

from calor.base.errors import CalorError, UserError
from calor.base.values import Sensitive
from calor.model.plan import Change, Decision, Plan, PropertyChange, Verb
from calor.model.ports import Entry, Sealed
from calor.model.stack import Definition, Output
from calor.store.dialect import normalised
from calor.store.secrets import FernetSecrets, load_keys
from ports.nouns import KEY, OTHER_KEY, World, created, ended, event, resource, stack

CANARY = "sw0rdfish-canary"


def contents(world: World) -> str:
    """Every value of every row, as text."""
    engine = sa.create_engine(normalised(world.url))
    tables = sa.MetaData()
    with engine.connect() as connection:
        tables.reflect(connection)
        found = [
            repr(tuple(row))
            for table in tables.sorted_tables
            for row in connection.execute(sa.select(table))
        ]
    engine.dispose()
    return "\n".join(found)


def test_no_secret_is_readable_in_the_database(world: World, tmp_path: Path) -> None:
    async def scenario() -> None:
        store = world.open()
        secret = Sensitive(CANARY)
        definition = Definition(
            f"template: {CANARY}", (CANARY,), {"f": CANARY}, {"p": CANARY, "q": secret}
        )
        item, operation, claim = await created(store, stack(definition=definition))
        row = resource(
            item.id,
            properties={"user_data": [{"x": secret}]},
            attributes={"value": secret},
            metadata={"m": secret},
            data={"generated": secret},
        )
        plan = Plan(
            (Change("web", "T", Decision(Verb.UPDATE, (PropertyChange("p", secret, secret),))),)
        )
        masked = event(item.id, 1, properties={"p": secret})
        entry = Entry(claim.lease, resources=(row,), events=(masked,), plan=(1, plan))
        await store.journal.append(entry)
        await ended(store, claim.lease, operation, outputs=(Output("o", secret),), settle=True)
        trust = await store.trusts.use("user", "project", ("member",))
        await store.trusts.set_trust(trust.id, CANARY)
        assert (await store.reads.resources(item.id)) == [row]
        seen = await store.reads.stack(item.id)
        assert seen is not None and seen.outputs[0].value == secret
        assert seen.definition == definition

    world.run(scenario())
    text = contents(world)
    assert "OS::Heat::Value" in text
    assert CANARY not in text
    for path in sorted(tmp_path.iterdir()):
        assert CANARY.encode() not in path.read_bytes()


def test_keys_rotate(world: World) -> None:
    async def scenario() -> None:
        old = world.open(keys=(KEY,))
        item, _, claim = await created(old)
        row = resource(item.id, properties={"p": Sensitive("x")})
        await old.journal.append(Entry(claim.lease, resources=(row,)))
        rotated = world.open(keys=(OTHER_KEY, KEY))
        assert await rotated.reads.resources(item.id) == [row]
        assert (await rotated.reads.stack(item.id)) == await old.reads.stack(item.id)
        with pytest.raises(CalorError, match="CALOR_ENCRYPTION_KEYS"):
            await world.open(keys=(OTHER_KEY,)).reads.resources(item.id)

    world.run(scenario())


def test_seals_and_digests() -> None:
    secrets, other = FernetSecrets([KEY]), FernetSecrets([OTHER_KEY, KEY])
    value = {"b": [1, None, "ü"], "a": True}
    sealed = secrets.seal(value)
    assert "ü" not in sealed.text
    assert other.open(sealed) == secrets.open(sealed) == value
    with pytest.raises(CalorError, match="was changed"):
        secrets.open(Sealed(sealed.key_id, sealed.text[:-4]))
    same = {"a": Sensitive(True), "b": [1, None, "ü"]}
    assert secrets.digest(value) == secrets.digest(same) == FernetSecrets([KEY]).digest(value)
    assert secrets.digest(value) != other.digest(value)
    assert secrets.digest("a") != secrets.digest("b")


def test_bad_keys_are_told() -> None:
    with pytest.raises(UserError):
        FernetSecrets([])
    with pytest.raises(UserError):
        FernetSecrets(["no key"])


def test_the_key_file_is_its_owners_only(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    keys = load_keys(folder)
    assert load_keys(folder) == keys
    assert [path.name for path in folder.iterdir()] == ["keys"]
    assert stat.S_IMODE((folder / "keys").stat().st_mode) == 0o600
    FernetSecrets(keys)
