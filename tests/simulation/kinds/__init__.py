"""The kinds of things that a seed may draw: how each is made, changed in place, and replaced.

A kind is a recipe for a template's entry; it calls nothing.
"""

from simulation.kinds.compute import COMPUTE
from simulation.kinds.drawing import Kind
from simulation.kinds.identity import IDENTITY
from simulation.kinds.nested import NESTED
from simulation.kinds.networks import NETWORKS
from simulation.kinds.plain import PLAIN

KINDS: dict[str, Kind] = {**NETWORKS, **COMPUTE, **IDENTITY, **PLAIN, **NESTED}
