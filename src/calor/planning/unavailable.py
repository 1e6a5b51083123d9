"""What an environment may say by the language, and Calor does not act on yet: told, never ignored.

Codes R15x.
"""

from __future__ import annotations

from calor.base.diagnostics import Diagnostics, Rule
from calor.template.definitions import Template
from calor.template.environment import Environment

NOT_YET = Rule(
    "R150",
    "not available yet",
    "An environment says something that belongs to the language and that Calor does not act on"
    " yet. To go on as if it were not there could do what its author wanted to prevent, so the"
    " request is refused. Leave it out.",
)
NOT_HIDDEN = Rule(
    "R151",
    "a parameter that is to be secret is not hidden",
    "encrypted_param_names of an environment names a parameter that the template does not call"
    " hidden. Calor seals hidden parameters, so write `hidden: true` at the parameter.",
)

_NOT_YET = {
    "event_sinks": "event_sinks, to which events are sent, are not available yet",
}


def check_available(
    environment: Environment, template: Template | None, diagnostics: Diagnostics
) -> None:
    """One diagnostic for each thing of a merged environment that would not be acted on."""
    for name, message in _NOT_YET.items():
        if name in environment.places and (name != "event_sinks" or environment.event_sinks):
            diagnostics.add(NOT_YET, message, environment.places[name], hint="leave them out")
    for name in environment.encrypted_param_names:
        parameter = template.parameters.get(name) if template is not None else None
        if parameter is not None and not parameter.hidden:
            diagnostics.add(
                NOT_HIDDEN,
                f"encrypted_param_names has {name!r}, which the template does not call hidden",
                environment.places.get("encrypted_param_names"),
                hint="write `hidden: true` at the parameter",
                related=((parameter.span, "the parameter"),),
            )
