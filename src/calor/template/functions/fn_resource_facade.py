"""`Fn::ResourceFacade`: `resource_facade` in CloudFormation's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from calor.template.functions.resource_facade import ResourceFacade


class FnResourceFacade(ResourceFacade):
    names = ("Fn::ResourceFacade",)
    example = "Fn::ResourceFacade: Metadata"
    keys: ClassVar[Mapping[str, str]] = {
        "Metadata": "metadata",
        "DeletionPolicy": "deletion_policy",
        "UpdatePolicy": "update_policy",
    }


FUNCTIONS = (FnResourceFacade(),)
