"""What a kind of event sink is: its settings, its service, and how it brings events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from calor.model.cloud import Cloud
from calor.model.resource import Event
from calor.schema import Schema


class SinkKind(Protocol):
    """A stateless object. `name` is the `type` that environments give, `service` the catalog's
    type of the service without which it can't work, `schema` what else may be given."""

    @property
    def name(self) -> str: ...

    @property
    def service(self) -> str: ...

    @property
    def schema(self) -> Schema: ...

    async def bring(
        self, cloud: Cloud, settings: Mapping[str, Any], events: Sequence[Event]
    ) -> int:
        """Brings the first of some events of one stack, in their order, with one call. Returns how
        many they were: one at least. Raises `CloudError` kinds: the sink has none of them then, or
        nobody knows."""
        ...
