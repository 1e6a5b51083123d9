"""Makes src/calor/resources/heat_types.json: what Heat declares of each of its resource types.

    python tools/heat_types.py resource_types.json

The input is what the installed release of Heat says of its types, written out as JSON: a map
`resource_types` of type name to `properties`, `attributes` and so on. A line a type keeps changes
readable.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parent.parent / "src" / "calor" / "resources" / "heat_types.json"


def trimmed(facts: dict[str, Any]) -> dict[str, Any]:
    """What matters of a type when templates are checked."""
    support = facts.get("support_status", {})
    attributes = {
        name: {
            "type": spec.get("type"),
            **({"support_status": spec["support_status"]} if "support_status" in spec else {}),
        }
        for name, spec in facts["attributes"].items()
    }
    kept = {"attributes": attributes, "properties": facts["properties"], "support_status": support}
    for flag, word in (("retired_placeholder", "retired"), ("nested_stack", "nested")):
        if facts.get(flag):
            kept[word] = True
    return kept


def main() -> None:
    facts = json.loads(Path(sys.argv[1]).read_text())["resource_types"]
    lines = [
        f"{json.dumps(name)}: {json.dumps(trimmed(facts[name]), sort_keys=True)}"
        for name in sorted(facts)
    ]
    TARGET.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
