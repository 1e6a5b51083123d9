"""Example::SubnetPool: a type that Calor does not come with."""

from __future__ import annotations

from typing import Annotated

from calor.model.cloud import Collection
from calor.resources.neutron.base import NeutronProperties, NeutronType
from calor.schema import FORMATS, Attributes, Range, attribute, prop


class SubnetPoolProperties(NeutronProperties):
    name: str | None = prop(update=True, doc="Name of the pool.")
    prefixes: list[Annotated[str, FORMATS["net_cidr"]]] = prop(
        required=True, update=True, doc="Blocks of addresses from which subnets are cut."
    )
    default_prefixlen: Annotated[int | None, Range(min=0)] = prop(
        update=True, doc="How long the prefix of a subnet is when nobody says."
    )
    default_quota: Annotated[int | None, Range(min=0)] = prop(
        doc="How much of it a project may have; a change replaces the pool."
    )


class SubnetPoolAttributes(Attributes):
    ip_version: int = attribute("4 or 6.")
    min_prefixlen: int = attribute("The shortest prefix that a subnet may have.")


class SubnetPool(NeutronType):
    """A pool of addresses from which subnets are cut."""

    name = "Example::SubnetPool"
    Properties = SubnetPoolProperties
    Attributes = SubnetPoolAttributes
    collection = Collection("network", "/v2.0/subnetpools", "subnetpool", "subnetpools")
    status = ""  # a pool has no state: it is ready at once
    ready_words = ()


TYPE = SubnetPool()
