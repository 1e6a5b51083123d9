"""The first tables."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

Long = sa.Text().with_variant(mysql.LONGTEXT(), "mysql", "mariadb")
OPTIONS: dict[str, Any] = {
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
    "mysql_engine": "InnoDB",
    "mariadb_charset": "utf8mb4",
    "mariadb_collate": "utf8mb4_bin",
    "mariadb_engine": "InnoDB",
}


def upgrade() -> None:
    op.create_table(
        "stacks",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("live_name", sa.String(255), nullable=True),
        sa.Column("project_id", sa.String(64), nullable=False),
        sa.Column("user_id", sa.String(64), nullable=False),
        sa.Column("username", sa.String(255), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("status", sa.String(64), nullable=False),
        sa.Column("reason", Long, nullable=False),
        sa.Column("definition", sa.String(64), nullable=False),
        sa.Column("settled", sa.String(64), nullable=True),
        sa.Column("parent_id", sa.String(36), nullable=True),
        sa.Column("resource_id", sa.String(36), nullable=True),
        sa.Column("live_resource_id", sa.String(36), nullable=True),
        sa.Column("root_id", sa.String(36), nullable=False),
        sa.Column("path", Long, nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("disable_rollback", sa.Boolean(), nullable=False),
        sa.Column("timeout", sa.Double(), nullable=False),
        sa.Column("description", Long, nullable=False),
        sa.Column("outputs", Long, nullable=False),
        sa.Column("outputs_format", sa.Integer(), nullable=False),
        sa.Column("sealed", Long, nullable=True),
        sa.Column("key_id", sa.String(64), nullable=True),
        sa.Column("trust", sa.String(36), nullable=False),
        sa.Column("sinks", Long, nullable=True),
        sa.Column("settled_sinks", Long, nullable=True),
        sa.Column("sinks_format", sa.Integer(), nullable=False),
        sa.Column("shares", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("updated_at", sa.Double(), nullable=True),
        sa.Column("deleted_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_stacks"),
        sa.UniqueConstraint("live_resource_id", name="uq_stacks_live_resource_id"),
        sa.UniqueConstraint("project_id", "live_name", name="uq_stacks_project_id_live_name"),
        **OPTIONS,
    )
    op.create_index("ix_stacks_parent_id", "stacks", ["parent_id"])
    op.create_index("ix_stacks_project_id_created_at", "stacks", ["project_id", "created_at"])
    op.create_index("ix_stacks_project_id_name", "stacks", ["project_id", "name"])
    op.create_index("ix_stacks_resource_id", "stacks", ["resource_id"])
    op.create_index("ix_stacks_root_id", "stacks", ["root_id"])
    op.create_table(
        "texts",
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("sealed", Long, nullable=False),
        sa.Column("key_id", sa.String(64), nullable=False),
        sa.Column("format", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_texts"),
        **OPTIONS,
    )
    op.create_table(
        "trusts",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("scope", sa.String(64), nullable=True),
        sa.Column("user_id", sa.String(64), nullable=False),
        sa.Column("project_id", sa.String(64), nullable=False),
        sa.Column("roles", Long, nullable=False),
        sa.Column("roles_format", sa.Integer(), nullable=False),
        sa.Column("sealed", Long, nullable=True),
        sa.Column("key_id", sa.String(64), nullable=True),
        sa.Column("stacks", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("used_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_trusts"),
        sa.UniqueConstraint("scope", name="uq_trusts_scope"),
        **OPTIONS,
    )
    op.create_table(
        "events",
        sa.Column("stack_id", sa.String(36), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("physical_id", sa.String(255), nullable=False),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("status", sa.String(64), nullable=False),
        sa.Column("reason", Long, nullable=False),
        sa.Column("resource_type", sa.String(1024), nullable=False),
        sa.Column("properties", Long, nullable=False),
        sa.Column("properties_format", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["stack_id"], ["stacks.id"], name="fk_events_stack_id"),
        sa.PrimaryKeyConstraint("stack_id", "number", name="pk_events"),
        sqlite_with_rowid=False,
        **OPTIONS,
    )
    op.create_table(
        "exports",
        sa.Column("project_id", sa.String(64), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("stack_id", sa.String(36), nullable=False),
        sa.Column("leaving", sa.Boolean(), nullable=False),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.Column("body", Long, nullable=True),
        sa.Column("body_format", sa.Integer(), nullable=False),
        sa.Column("sealed", Long, nullable=True),
        sa.Column("key_id", sa.String(64), nullable=True),
        sa.ForeignKeyConstraint(["stack_id"], ["stacks.id"], name="fk_exports_stack_id"),
        sa.PrimaryKeyConstraint("project_id", "name", name="pk_exports"),
        **OPTIONS,
    )
    op.create_index("ix_exports_stack_id", "exports", ["stack_id"])
    op.create_table(
        "imports",
        sa.Column("stack_id", sa.String(36), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("project_id", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["stack_id"], ["stacks.id"], name="fk_imports_stack_id"),
        sa.PrimaryKeyConstraint("stack_id", "name", name="pk_imports"),
        **OPTIONS,
    )
    op.create_index("ix_imports_project_id_name", "imports", ["project_id", "name"])
    op.create_table(
        "leases",
        sa.Column("stack_id", sa.String(36), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("holder", sa.String(255), nullable=False),
        sa.Column("life", sa.String(36), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.Column("waiting_since", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["stack_id"], ["stacks.id"], name="fk_leases_stack_id"),
        sa.PrimaryKeyConstraint("stack_id", name="pk_leases"),
        **OPTIONS,
    )
    op.create_index("ix_leases_waiting_since", "leases", ["waiting_since"])
    op.create_table(
        "operations",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("stack_id", sa.String(36), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("deadline", sa.Double(), nullable=False),
        sa.Column("accepted_at", sa.Double(), nullable=False),
        sa.Column("phase", sa.String(64), nullable=True),
        sa.Column("reason", Long, nullable=False),
        sa.Column("turns_back", sa.Boolean(), nullable=False),
        sa.Column("finished_at", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["stack_id"], ["stacks.id"], name="fk_operations_stack_id"),
        sa.PrimaryKeyConstraint("id", name="pk_operations"),
        sa.UniqueConstraint("stack_id", "generation", name="uq_operations_stack_id_generation"),
        **OPTIONS,
    )
    op.create_table(
        "pauses",
        sa.Column("stack_id", sa.String(36), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("hook", sa.String(64), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("state", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["stack_id"], ["stacks.id"], name="fk_pauses_stack_id"),
        sa.PrimaryKeyConstraint("stack_id", "name", "hook", name="pk_pauses"),
        **OPTIONS,
    )
    op.create_table(
        "deliveries",
        sa.Column("stack_id", sa.String(36), nullable=False),
        sa.Column("sink", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("settings", Long, nullable=False),
        sa.Column("settings_format", sa.Integer(), nullable=False),
        sa.Column("root_id", sa.String(36), nullable=False),
        sa.Column("reached", sa.Integer(), nullable=False),
        sa.Column("ends_with", sa.Integer(), nullable=True),
        sa.Column("holder", sa.String(255), nullable=False),
        sa.Column("life", sa.String(36), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["stack_id"], ["stacks.id"], name="fk_deliveries_stack_id"),
        sa.PrimaryKeyConstraint("stack_id", "sink", name="pk_deliveries"),
        **OPTIONS,
    )
    op.create_index("ix_deliveries_root_id", "deliveries", ["root_id"])
    op.create_table(
        "plans",
        sa.Column("stack_id", sa.String(36), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("body", Long, nullable=False),
        sa.Column("body_format", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["stack_id"], ["stacks.id"], name="fk_plans_stack_id"),
        sa.PrimaryKeyConstraint("stack_id", name="pk_plans"),
        **OPTIONS,
    )
    op.create_table(
        "resources",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("stack_id", sa.String(36), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("incarnation", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(1024), nullable=False),
        sa.Column("declared_type", sa.String(1024), nullable=False),
        sa.Column("physical_name", sa.String(255), nullable=False),
        sa.Column("physical_id", sa.String(255), nullable=True),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("status", sa.String(64), nullable=False),
        sa.Column("reason", Long, nullable=False),
        sa.Column("deletion_policy", sa.String(64), nullable=False),
        sa.Column("calling", sa.Boolean(), nullable=False),
        sa.Column("intent_at", sa.Double(), nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.Column("external", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("updated_at", sa.Double(), nullable=False),
        sa.Column("body", Long, nullable=False),
        sa.Column("body_format", sa.Integer(), nullable=False),
        sa.Column("sealed", Long, nullable=True),
        sa.Column("key_id", sa.String(64), nullable=True),
        sa.ForeignKeyConstraint(["stack_id"], ["stacks.id"], name="fk_resources_stack_id"),
        sa.PrimaryKeyConstraint("id", name="pk_resources"),
        **OPTIONS,
    )
    op.create_index("ix_resources_physical_id", "resources", ["physical_id"])
    op.create_index("ix_resources_stack_id", "resources", ["stack_id"])
    op.create_table(
        "tags",
        sa.Column("stack_id", sa.String(36), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("tag", sa.String(255), nullable=False),
        sa.ForeignKeyConstraint(["stack_id"], ["stacks.id"], name="fk_tags_stack_id"),
        sa.PrimaryKeyConstraint("stack_id", "position", name="pk_tags"),
        **OPTIONS,
    )
    op.create_index("ix_tags_tag", "tags", ["tag"])
