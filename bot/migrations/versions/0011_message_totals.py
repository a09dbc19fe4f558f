"""Totals of messages, and indexes for retention and task lists"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "message_total",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("queue", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("change", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("message_total", schema=None) as batch_op:
        batch_op.create_index("message_total_tenant", ["tenant"], unique=False)
    op.execute(
        "INSERT INTO message_total (tenant, queue, change) "
        "SELECT tenant, queue, COUNT(*) FROM message WHERE state <> 'withdrawn' "
        "GROUP BY tenant, queue"
    )

    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index(
            "message_aside",
            ["tenant"],
            unique=False,
            sqlite_where=sa.text("state IN ('blocked', 'parked')"),
            postgresql_where=sa.text("state IN ('blocked', 'parked')"),
        )
        batch_op.create_index("message_created", ["created_at", "id"], unique=False)

    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.drop_index("task_newest")
        batch_op.create_index("task_newest", ["tenant", "updated_at", "id"], unique=False)
        batch_op.create_index("task_status", ["tenant", "status", "updated_at", "id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.drop_index("task_status")
        batch_op.drop_index("task_newest")
        batch_op.create_index("task_newest", ["tenant", "updated_at"], unique=False)

    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index("message_created")
        batch_op.drop_index(
            "message_aside",
            sqlite_where=sa.text("state IN ('blocked', 'parked')"),
            postgresql_where=sa.text("state IN ('blocked', 'parked')"),
        )

    with op.batch_alter_table("message_total", schema=None) as batch_op:
        batch_op.drop_index("message_total_tenant")

    op.drop_table("message_total")
