"""What lint says of real templates is what is known to be wrong with them."""

from __future__ import annotations

import pytest

from corpus.linted import PACKAGES, Package, errors_of


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_what_is_wrong_is_known(package: Package) -> None:
    if not package.folder.exists():
        pytest.skip("make test-corpus downloads the templates")
    assert errors_of(package) == package.known.read_text().splitlines()
