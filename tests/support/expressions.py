"""Expressions evaluated in a small world: these parameters, attributes, files and conditions."""

from typing import Any

from calor.base.errors import InvalidInput
from calor.base.values import Sensitive, Unknown
from calor.template.evaluation import TemplateScope, evaluate
from calor.template.load import load_template
from calor.template.marks import select

U = Unknown("somewhere")

PARAMETERS: dict[str, Any] = {
    "text": "hello",
    "number": 5,
    "list": ["a", "b", "c"],
    "map": {"x": {"y": [10, 20]}, "z": None, "1": "one"},
    "yes": True,
    "no": False,
    "null": None,
    "index": 1,
    "name": "text",
    "path": ["map", "x", "y", 0],
    "secret": Sensitive("s3cret"),
    "secret_list": Sensitive(["p", "q"]),
    "secret_map": Sensitive({"user": "admin"}),
    "secret_yes": Sensitive(True),
    "unknown": U,
    "half": {"known": 1, "other": U},
    "mixed": ["a", U],
    "who": "server",
}
ATTRIBUTES: dict[str, Any] = {
    "show": {"id": "abc", "tags": ["t1", "t2"], "empty": None},
    "name": "web",
    "secret": Sensitive({"key": "k"}),
    "later": U,
    "none": None,
}
FILES = {"a.sh": "#!/bin/sh\n", "hello": "from hello"}
FACADE = {"metadata": {"m": 1}, "deletion_policy": "Retain"}


class Scope(TemplateScope):
    """A resource `server` exists, one called `later` does not yet."""

    def resource_id(self, name: str) -> Any:
        return Unknown(name) if name == "later" else f"id-of-{name}"

    def attribute(self, name: str, attribute: str | None, path: tuple[Any, ...]) -> Any:
        if name == "later":
            return Unknown(f"{name}.{attribute}")
        return ATTRIBUTES if attribute is None else select(ATTRIBUTES.get(attribute), path)

    def zones(self) -> Any:
        return ["nova", "zone-2"]


def run(expression: str, version: str = "2021-04-16") -> Any:
    """The value of an expression written in flow YAML. Raises InvalidInput."""
    types = "".join(f"  '{name}': {{type: string}}\n" for name in PARAMETERS)
    loaded = load_template(
        f"heat_template_version: {version}\nparameters:\n{types}"
        "resources:\n  server: {type: OS::Heat::Value}\n  later: {type: OS::Heat::Value}\n"
        + ("" if version < "2016-10" else "conditions: {on: true, off: false, never: {not: on}}\n")
        .replace("on:", "'on':")
        .replace("off:", "'off':")
        .replace("not: on", "not: 'on'")
        + f"outputs:\n  out:\n    value: {expression}\n",
        files=FILES,
    )
    if loaded.diagnostics.errors:
        raise InvalidInput("the template is wrong", loaded.diagnostics.errors)
    assert loaded.template is not None
    scope = Scope(loaded.template, PARAMETERS, files=FILES, facade=FACADE)
    return evaluate(loaded.template.outputs["out"].value, scope)
