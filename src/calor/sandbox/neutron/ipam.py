"""The addresses of one subnet: which are free, who has the others.

It knows numbers, no ports' rows.
"""

from __future__ import annotations

import heapq
from ipaddress import ip_address, ip_network


class Pool:
    """`ranges` are the allocation pools, first and last address of each.

    `first_free` gives the lowest address that is free, in constant time for pools of any size.
    """

    def __init__(self, cidr: str, ranges: list[tuple[str, str]], *, automatic: bool) -> None:
        self.network = ip_network(cidr)
        self.automatic = automatic
        self.used: dict[int, str] = {}
        self._ranges: list[tuple[int, int]] = []
        self.set_ranges(ranges)

    def set_ranges(self, ranges: list[tuple[str, str]]) -> None:
        self._ranges = [(int(ip_address(low)), int(ip_address(high))) for low, high in ranges]
        self._at = 0
        self._next = self._ranges[0][0] if self._ranges else 0
        self._freed: list[int] = []

    def holds(self, address: str) -> bool:
        """Whether the address is one of the subnet."""
        try:
            return ip_address(address) in self.network
        except ValueError:
            return False

    def is_used(self, address: str) -> bool:
        return int(ip_address(address)) in self.used

    def take(self, address: str, owner: str) -> None:
        self.used[int(ip_address(address))] = owner

    def release(self, address: str) -> None:
        number = int(ip_address(address))
        if self.used.pop(number, None) is not None and self._in_ranges(number):
            heapq.heappush(self._freed, number)

    def first_free(self) -> str | None:
        """The lowest free address of the allocation pools, or None when there is none."""
        while self._freed:
            number = self._freed[0]
            if number not in self.used and number < self._next:
                return self._text(number)
            heapq.heappop(self._freed)
        while self._at < len(self._ranges):
            while self._next <= self._ranges[self._at][1]:
                if self._next not in self.used:
                    return self._text(self._next)
                self._next += 1
            self._at += 1
            if self._at < len(self._ranges):
                self._next = self._ranges[self._at][0]
        return None

    def from_mac(self, mac: str) -> str:
        """The EUI-64 address of an interface in this subnet."""
        parts = [int(part, 16) for part in mac.split(":")]
        parts[0] ^= 2
        half = [*parts[:3], 0xFF, 0xFE, *parts[3:]]
        low = int.from_bytes(bytes(half), "big")
        return self._text(int(self.network.network_address) | low)

    def total(self) -> int:
        return sum(high - low + 1 for low, high in self._ranges)

    def _in_ranges(self, number: int) -> bool:
        return any(low <= number <= high for low, high in self._ranges)

    def _text(self, number: int) -> str:
        return str(type(self.network.network_address)(number))
