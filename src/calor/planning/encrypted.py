"""Parameters that an environment calls secret: they must be so by the template.

Codes R15x.
"""

from __future__ import annotations

from calor.base.diagnostics import Diagnostics, Rule
from calor.template.definitions import Template
from calor.template.environment import Environment

NOT_HIDDEN = Rule(
    "R151",
    "a parameter that is to be secret is not hidden",
    "encrypted_param_names of an environment names a parameter that the template does not call"
    " hidden. Calor seals hidden parameters, so write `hidden: true` at the parameter.",
)


def check_encrypted(
    environment: Environment, template: Template | None, diagnostics: Diagnostics
) -> None:
    """One diagnostic for each parameter that would not be sealed though it should be."""
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
