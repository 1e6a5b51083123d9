"""The databases on which the store's suite runs: SQLite, and those of CALOR_TEST_DATABASES.

CALOR_TEST_DATABASES holds SQLAlchemy URLs separated by spaces, of databases whose tables may be
dropped; `tests/install-databases` makes such databases and prints their URLs.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from calor.store.dialect import normalised
from ports.nouns import World

URLS = ["sqlite", *os.environ.get("CALOR_TEST_DATABASES", "").split()]


@pytest.fixture(params=URLS, ids=lambda url: url.split(":")[0])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """An empty database."""
    url = request.param
    if url == "sqlite":
        yield World(f"sqlite:///{tmp_path}/calor.sqlite")
        return
    empty(url)
    yield World(url)


@pytest.fixture
def sqlite(tmp_path: Path) -> World:
    """An empty SQLite file, for what only SQLite can tell."""
    return World(f"sqlite:///{tmp_path}/calor.sqlite")


def empty(url: str) -> None:
    """Drops every table."""
    engine = sa.create_engine(normalised(url))
    found = sa.MetaData()
    with engine.begin() as connection:
        found.reflect(connection)
        found.drop_all(connection)
    engine.dispose()
