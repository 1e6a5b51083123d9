"""300 servers with a port each, by hand: what the same result takes without Calor.

The fewest calls that make it: one log-in, one network, one subnet, all ports in one bulk, a call a
server as soon as the ports are there, one list to see that all are active. It shares no code with
Calor. Arguments: Keystone's URL, servers, at most so many calls at once (0: no cap). It prints
seconds and calls as JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any

import aiohttp


class Bare:
    def __init__(self, session: aiohttp.ClientSession, cap: int) -> None:
        self.session = session
        self.gate = asyncio.Semaphore(cap or 1_000_000)
        self.headers = {"X-OpenStack-Nova-API-Version": "2.90"}
        self.calls = 0

    async def call(self, method: str, url: str, body: Any = None) -> Any:
        async with self.gate:
            self.calls += 1
            async with self.session.request(method, url, json=body, headers=self.headers) as answer:
                content = await answer.read()
                if answer.status >= 400:
                    raise SystemExit(f"{method} {url}: {answer.status} {content[:300]!r}")
                return answer, json.loads(content) if content else None

    async def log_in(self, keystone: str) -> dict[str, str]:
        """Endpoints by the service's type."""
        domain = {"name": "Default"}
        user = {"name": "demo", "password": "sandbox", "domain": domain}
        auth = {
            "identity": {"methods": ["password"], "password": {"user": user}},
            "scope": {"project": {"name": "demo", "domain": domain}},
        }
        answer, body = await self.call("POST", f"{keystone}/v3/auth/tokens", {"auth": auth})
        self.headers["X-Auth-Token"] = answer.headers["X-Subject-Token"]
        return {
            service["type"]: endpoint["url"].rstrip("/")
            for service in body["token"]["catalog"]
            for endpoint in service["endpoints"]
            if endpoint["interface"] == "public"
        }


async def make(bare: Bare, keystone: str, count: int) -> float:
    """Seconds from the first call after log-in until all servers are active."""
    endpoints = await bare.log_in(keystone)
    nova, neutron = endpoints["compute"], f"{endpoints['network']}/v2.0"
    _, flavors = await bare.call("GET", f"{nova}/flavors")
    flavor = next(item["id"] for item in flavors["flavors"] if item["name"] == "m1.small")
    _, images = await bare.call("GET", f"{endpoints['image']}/v2/images?name=debian-12")
    image = images["images"][0]["id"]
    bare.calls = 0
    started = time.monotonic()
    _, network = await bare.call("POST", f"{neutron}/networks", {"network": {"name": "bare"}})
    network_id = network["network"]["id"]
    subnet = {"network_id": network_id, "cidr": "10.99.0.0/16", "ip_version": 4}
    await bare.call("POST", f"{neutron}/subnets", {"subnet": subnet})
    wanted = [{"network_id": network_id, "name": f"bare-{number}"} for number in range(count)]
    _, made = await bare.call("POST", f"{neutron}/ports", {"ports": wanted})

    async def boot(port: dict[str, Any]) -> None:
        server = {
            "name": port["name"],
            "imageRef": image,
            "flavorRef": flavor,
            "networks": [{"port": port["id"]}],
        }
        await bare.call("POST", f"{nova}/servers", {"server": server})

    await asyncio.gather(*(boot(port) for port in made["ports"]))
    active: list[Any] = []
    while len(active) < count:
        _, listed = await bare.call("GET", f"{nova}/servers/detail?status=ACTIVE&name=bare-")
        active = listed["servers"]
    taken = time.monotonic() - started
    await clear(bare, nova, neutron, active, network_id)
    return taken


async def clear(bare: Bare, nova: str, neutron: str, servers: list[Any], network_id: str) -> None:
    calls = bare.calls
    await asyncio.gather(
        *(bare.call("DELETE", f"{nova}/servers/{server['id']}") for server in servers)
    )
    _, listed = await bare.call("GET", f"{neutron}/ports?network_id={network_id}")
    await asyncio.gather(
        *(bare.call("DELETE", f"{neutron}/ports/{port['id']}") for port in listed["ports"])
    )
    await bare.call("DELETE", f"{neutron}/networks/{network_id}")
    bare.calls = calls


async def main(keystone: str, count: int, cap: int) -> None:
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:
        bare = Bare(session, cap)
        seconds = await make(bare, keystone, count)
    print(json.dumps({"seconds": round(seconds, 3), "calls": bare.calls}))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
