"""An event as sinks tell it: the notification that readers of Heat's sinks know."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from calor.model.resource import Event

VERSION = "0.1"


def told(event: Event) -> dict[str, Any]:
    """A JSON object: `type` is `os.heat.event`, `payload` what happened; secrets are masked."""
    return {
        "timestamp": datetime.fromtimestamp(event.at, UTC).isoformat(),
        "version": VERSION,
        "type": "os.heat.event",
        "id": event.id,
        "payload": {
            "resource_name": event.name,
            "physical_resource_id": event.physical_id,
            "stack_id": event.stack_id,
            "resource_action": str(event.action),
            "resource_status": str(event.status),
            "resource_status_reason": event.reason,
            "resource_type": event.resource_type,
            "resource_properties": event.properties,
            "version": VERSION,
        },
    }
