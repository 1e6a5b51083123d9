"""The name that was meant is found, and among very many names only few are looked at."""

import pytest

from calor.base.spelling import did_you_mean, listed, nearest

MANY = [f"server_{number:05}_port" for number in range(10_000)]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("flavour", "flavor"),
        ("Flavor", "flavor"),
        ("imgae", "image"),
        ("nmae", "name"),
        ("networks", ""),
        ("", ""),
    ],
)
def test_among_few(written: str, meant: str) -> None:
    assert nearest(written, ["flavor", "image", "name", "user_data"]) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("server_00077_prot", "server_00077_port"),
        ("sevrer_04711_port", "server_04711_port"),
        ("SERVER_09999_PORTS", "server_09999_port"),
        ("volume", ""),
        ("", ""),
    ],
)
def test_among_thousands(written: str, meant: str) -> None:
    assert nearest(written, MANY) == meant


def test_hints() -> None:
    assert did_you_mean("flavour", ["image", "flavor"]) == "did you mean 'flavor'?"
    assert did_you_mean("zone", ["image", "flavor"]) == ""
    assert listed(["image", "flavor"]) == "one of image, flavor"
