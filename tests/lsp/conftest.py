"""One editor with its server for all tests of a module: documents are independent."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest

from support.editor import Editor, editor


@pytest.fixture(scope="module")
def user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    with editor(tmp_path_factory.mktemp("work")) as found:
        yield found


_NUMBERS = count(1)


@pytest.fixture
def name() -> str:
    """The name of a document that no other test has."""
    return f"document-{next(_NUMBERS)}.yaml"
