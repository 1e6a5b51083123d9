"""What surrounds every definition: the operator's environments, and names that Heat maps itself.

Both are merged before what a user gives, and hold in nested stacks too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from calor.base.diagnostics import Diagnostic, Rule
from calor.base.errors import InvalidInput
from calor.planning.event_sinks import sinks_of
from calor.template.environment import Environment
from calor.template.load import load_environment

FOR_ALL = Rule(
    "R153",
    "a parameter for every stack",
    "An operator's environment is merged into every stack, and a template that does not define a "
    "parameter refuses a value for it. Defaults hold only where the parameter is defined.",
)

# Other names of types, as the environment that Heat is shipped with maps them.
_NAMES_OF_HEAT = """
resource_registry:
  OS::Quantum*: OS::Neutron*
  OS::Metering::Alarm: OS::Aodh::Alarm
  OS::Ceilometer::Alarm: OS::Aodh::Alarm
  OS::Ceilometer::CombinationAlarm: OS::Aodh::CombinationAlarm
  OS::Ceilometer::GnocchiAggregationByMetricsAlarm: OS::Aodh::GnocchiAggregationByMetricsAlarm
  OS::Ceilometer::GnocchiAggregationByResourcesAlarm: OS::Aodh::GnocchiAggregationByResourcesAlarm
  OS::Ceilometer::GnocchiResourcesAlarm: OS::Aodh::GnocchiResourcesAlarm
"""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """`environments` are merged in their order; `files` are what they name."""

    environments: tuple[Environment, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)


@cache
def of_heat() -> Environment:
    """The names that Heat maps itself."""
    return load_environment(_NAMES_OF_HEAT, name="Heat's own environment").environment


def surroundings(texts: Mapping[str, str], files: Mapping[str, str]) -> Surroundings:
    """An operator's environments by the names of their files, in the order in which later ones
    win. Raises `InvalidInput` with all problems."""
    loaded = [load_environment(text, name=name) for name, text in texts.items()]
    for one in loaded:
        sinks_of(one.environment, one.diagnostics)
    problems = [problem for one in loaded for problem in one.diagnostics.errors]
    problems += [
        Diagnostic(
            FOR_ALL,
            f"the parameter {name!r} can't be set for every stack",
            one.environment.spans.get(("parameters", name)),
            hint="write it under parameter_defaults",
        )
        for one in loaded
        for name in one.environment.parameters
    ]
    if problems:
        raise InvalidInput("The operator's environments have errors.", problems)
    return Surroundings(tuple(one.environment for one in loaded), files)
