"""The tables. It describes them; it reads and writes nothing.

Times are seconds since 1970 (UTC). Every JSON column has a format number beside it (`*_format`);
every sealed column has the id of its key beside it (`*key_id`).
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql

HEAD = "0001"
"""The newest migration."""

# MySQL's and MariaDB's TEXT ends at 64 KiB.
Long = sa.Text().with_variant(mysql.LONGTEXT(), "mysql", "mariadb")
Id = sa.String(36)
Word = sa.String(64)
Name = sa.String(255)
Path = sa.String(1024)

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)

# Names differ when their letters differ, on MySQL and MariaDB too.
_OPTIONS: dict[str, Any] = {
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
    "mysql_engine": "InnoDB",
    "mariadb_charset": "utf8mb4",
    "mariadb_collate": "utf8mb4_bin",
    "mariadb_engine": "InnoDB",
}


def _needed(name: str, type_: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, type_, nullable=False)


def _maybe(name: str, type_: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, type_, nullable=True)


stacks = sa.Table(
    "stacks",
    metadata,
    sa.Column("id", Id, primary_key=True),
    _needed("name", Name),
    # The name of a live top-level stack, else NULL: so only those must differ.
    _maybe("live_name", Name),
    _needed("project_id", Word),
    _needed("user_id", Word),
    _needed("username", Name),
    _needed("generation", sa.Integer()),
    _needed("action", Word),
    _needed("status", Word),
    _needed("reason", Long),
    _needed("definition", Word),
    _maybe("settled", Word),
    _maybe("parent_id", Id),
    _maybe("resource_id", Id),
    # The parent's resource row of a live nested stack, else NULL: one live stack a row.
    _maybe("live_resource_id", Id),
    _needed("root_id", Id),
    # Names of the resources that lead here from the root, with slashes between; '' for a root.
    _needed("path", Long),
    _needed("depth", sa.Integer()),
    _needed("disable_rollback", sa.Boolean()),
    _needed("timeout", sa.Double()),
    _needed("description", Long),
    _needed("outputs", Long),
    _needed("outputs_format", sa.Integer()),
    _maybe("sealed", Long),
    _maybe("key_id", Word),
    _needed("trust", Id),
    # Where events are brought, now and after a rollback; NULL when that never was anywhere.
    _maybe("sinks", Long),
    _maybe("settled_sinks", Long),
    _needed("sinks_format", sa.Integer()),
    # Whether it, or a stack inside it, ever exported or imported something: who changes a stack
    # that did not need not look.
    _needed("shares", sa.Boolean()),
    _needed("created_at", sa.Double()),
    _maybe("updated_at", sa.Double()),
    _maybe("deleted_at", sa.Double()),
    sa.UniqueConstraint("project_id", "live_name"),
    sa.UniqueConstraint("live_resource_id"),
    sa.Index(None, "project_id", "name"),
    sa.Index(None, "project_id", "created_at"),
    sa.Index(None, "parent_id"),
    sa.Index(None, "resource_id"),
    sa.Index(None, "root_id"),
    **_OPTIONS,
)

tags = sa.Table(
    "tags",
    metadata,
    sa.Column("stack_id", Id, sa.ForeignKey("stacks.id"), primary_key=True),
    sa.Column("position", sa.Integer(), primary_key=True, autoincrement=False),
    _needed("tag", Name),
    sa.Index(None, "tag"),
    **_OPTIONS,
)

leases = sa.Table(
    "leases",
    metadata,
    sa.Column("stack_id", Id, sa.ForeignKey("stacks.id"), primary_key=True),
    _needed("epoch", sa.Integer()),
    # '' when nobody holds it. `life` tells a holder from its own earlier life.
    _needed("holder", Name),
    _needed("life", Id),
    # By the database's clock.
    _needed("expires_at", sa.Double()),
    # When the oldest unfinished operation was accepted; NULL when there is none.
    _maybe("waiting_since", sa.Double()),
    sa.Index(None, "waiting_since"),
    **_OPTIONS,
)

operations = sa.Table(
    "operations",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("stack_id", Id, sa.ForeignKey("stacks.id"), nullable=False),
    _needed("generation", sa.Integer()),
    _needed("action", Word),
    _needed("deadline", sa.Double()),
    _needed("accepted_at", sa.Double()),
    _maybe("phase", Word),
    _needed("reason", Long),
    _needed("turns_back", sa.Boolean()),
    _maybe("finished_at", sa.Double()),
    sa.UniqueConstraint("stack_id", "generation"),
    **_OPTIONS,
)

resources = sa.Table(
    "resources",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("stack_id", Id, sa.ForeignKey("stacks.id"), nullable=False),
    _needed("name", Name),
    _needed("incarnation", sa.Integer()),
    _needed("type", Path),
    _needed("declared_type", Path),
    _needed("physical_name", Name),
    _maybe("physical_id", Name),
    _needed("action", Word),
    _needed("status", Word),
    _needed("reason", Long),
    _needed("deletion_policy", Word),
    _needed("calling", sa.Boolean()),
    _needed("intent_at", sa.Double()),
    _needed("settled", sa.Boolean()),
    _needed("retired", sa.Boolean()),
    _needed("external", sa.Boolean()),
    _needed("created_at", sa.Double()),
    _needed("updated_at", sa.Double()),
    # properties, pinned, former, attributes, metadata, needs, data; secret leaves are in `sealed`.
    _needed("body", Long),
    _needed("body_format", sa.Integer()),
    _maybe("sealed", Long),
    _maybe("key_id", Word),
    sa.Index(None, "stack_id"),
    sa.Index(None, "physical_id"),
    **_OPTIONS,
)

events = sa.Table(
    "events",
    metadata,
    sa.Column("stack_id", Id, sa.ForeignKey("stacks.id"), primary_key=True),
    sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
    _needed("id", Id),
    _needed("at", sa.Double()),
    _needed("name", Name),
    _needed("physical_id", Name),
    _needed("action", Word),
    _needed("status", Word),
    _needed("reason", Long),
    _needed("resource_type", Path),
    _needed("properties", Long),
    _needed("properties_format", sa.Integer()),
    sqlite_with_rowid=False,
    **_OPTIONS,
)

pauses = sa.Table(
    "pauses",
    metadata,
    sa.Column("stack_id", Id, sa.ForeignKey("stacks.id"), primary_key=True),
    sa.Column("name", Name, primary_key=True),
    sa.Column("hook", Word, primary_key=True),
    # Of the operation in which it is; one of an older operation counts for nothing.
    _needed("generation", sa.Integer()),
    _needed("at", sa.Double()),
    _needed("state", Word),
    **_OPTIONS,
)

deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("stack_id", Id, sa.ForeignKey("stacks.id"), primary_key=True),
    # A digest of the two that follow.
    sa.Column("sink", Word, primary_key=True),
    _needed("kind", Word),
    _needed("settings", Long),
    _needed("settings_format", sa.Integer()),
    _needed("root_id", Id),
    # Numbers of events: the last that was brought, and the last that is to be brought.
    _needed("reached", sa.Integer()),
    _maybe("ends_with", sa.Integer()),
    # Who brings them now, as in a lease.
    _needed("holder", Name),
    _needed("life", Id),
    _needed("expires_at", sa.Double()),
    sa.Index(None, "root_id"),
    **_OPTIONS,
)

plans = sa.Table(
    "plans",
    metadata,
    sa.Column("stack_id", Id, sa.ForeignKey("stacks.id"), primary_key=True),
    _needed("generation", sa.Integer()),
    _needed("body", Long),
    _needed("body_format", sa.Integer()),
    **_OPTIONS,
)

exports = sa.Table(
    "exports",
    metadata,
    sa.Column("project_id", Word, primary_key=True),
    sa.Column("name", Name, primary_key=True),
    sa.Column("stack_id", Id, sa.ForeignKey("stacks.id"), nullable=False),
    # The operation under way takes it away: nobody new may import it.
    _needed("leaving", sa.Boolean()),
    # What a failed operation left says something else, or nothing: likewise.
    _needed("stale", sa.Boolean()),
    # NULL while the name is only reserved; secret parts are in `sealed`.
    _maybe("body", Long),
    _needed("body_format", sa.Integer()),
    _maybe("sealed", Long),
    _maybe("key_id", Word),
    sa.Index(None, "stack_id"),
    **_OPTIONS,
)

imports = sa.Table(
    "imports",
    metadata,
    sa.Column("stack_id", Id, sa.ForeignKey("stacks.id"), primary_key=True),
    sa.Column("name", Name, primary_key=True),
    _needed("project_id", Word),
    sa.Index(None, "project_id", "name"),
    **_OPTIONS,
)

texts = sa.Table(
    "texts",
    metadata,
    # A keyed digest of the content: templates, environments, files, and the documents that say
    # which of them make a definition.
    sa.Column("hash", Word, primary_key=True),
    _needed("sealed", Long),
    _needed("key_id", Word),
    _needed("format", sa.Integer()),
    **_OPTIONS,
)

trusts = sa.Table(
    "trusts",
    metadata,
    sa.Column("id", Id, primary_key=True),
    # A digest of user, project and roles; NULL once the last stack left, so that the next one
    # makes a new row and never meets a delegation that is being deleted.
    _maybe("scope", Word),
    _needed("user_id", Word),
    _needed("project_id", Word),
    _needed("roles", Long),
    _needed("roles_format", sa.Integer()),
    _maybe("sealed", Long),
    _maybe("key_id", Word),
    _needed("stacks", sa.Integer()),
    _needed("created_at", sa.Double()),
    # When a stack was last counted in: the count is trusted while that one is on its way.
    _needed("used_at", sa.Double()),
    sa.UniqueConstraint("scope"),
    **_OPTIONS,
)
