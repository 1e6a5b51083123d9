"""`Fn::Cidr`: a network cut into equal ones, as many as are asked for.

The third item says how many bits are left for addresses: 8 makes networks of 256. Left out, the
network is cut just as finely as the count needs.
"""

from __future__ import annotations

import ipaddress
from itertools import islice
from typing import TYPE_CHECKING

from calor.base.values import Value
from calor.template.expressions import Call
from calor.template.function import ListFunction
from calor.template.marks import Misuse, apply, kind_of

if TYPE_CHECKING:
    from calor.template.evaluation import Scope

MOST = 256


class FnCidr(ListFunction):
    names = ("Fn::Cidr",)
    example = "Fn::Cidr: [10.0.0.0/16, 6, 8]"
    most = 3
    what = "a network, a count and maybe bits"

    def evaluate(self, call: Call, scope: Scope) -> Value:
        return apply(_cut, *call.values(scope))


def _cut(block: Value, count: Value, *bits: Value) -> list[str]:
    if not isinstance(block, str):
        raise Misuse(f"needs a network as 10.0.0.0/16, not {kind_of(block)}")
    try:
        network = ipaddress.ip_network(block, strict=False)
    except ValueError:
        raise Misuse("needs a network as 10.0.0.0/16; this text is none") from None
    wanted = _number(count, "a count")
    if not 1 <= wanted <= MOST:
        raise Misuse(f"makes 1 to {MOST} networks")
    if bits:
        prefix = network.max_prefixlen - _number(bits[0], "a number of bits")
    else:
        prefix = network.prefixlen + (wanted - 1).bit_length()
    if not network.prefixlen <= prefix <= network.max_prefixlen:
        raise Misuse("can't cut networks of this size out of that one")
    if wanted > 2 ** (prefix - network.prefixlen):
        raise Misuse("has too little room for so many networks of this size")
    return [str(part) for part in islice(network.subnets(new_prefix=prefix), wanted)]


def _number(value: Value, what: str) -> int:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Misuse(f"needs {what}, not {kind_of(value)}")
    try:
        return int(value)
    except ValueError:
        raise Misuse(f"needs {what}; this text is no number") from None


FUNCTIONS = (FnCidr(),)
