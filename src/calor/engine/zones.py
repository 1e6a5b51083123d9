"""The availability zones that a template may ask for (`Fn::GetAZs`): those of Nova that are up."""

from __future__ import annotations

from calor.model.cloud import Cloud


async def zones(cloud: Cloud) -> list[str]:
    """Their names, as Nova lists them. Raises CloudError."""
    answer = await cloud.call("GET", "compute", "/os-availability-zone")
    return [
        zone["zoneName"]
        for zone in answer.body["availabilityZoneInfo"]
        if zone["zoneState"]["available"]
    ]
