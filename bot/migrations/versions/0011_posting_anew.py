"""Posting anew"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("generation", sa.Integer(), nullable=False, server_default="0")
        )
        batch_op.add_column(
            sa.Column("former_ts", sqlmodel.sql.sqltypes.AutoString(), nullable=True)
        )
        batch_op.add_column(
            sa.Column("uneditable_ts", sqlmodel.sql.sqltypes.AutoString(), nullable=True)
        )
        batch_op.add_column(sa.Column("refusals", sa.JSON(none_as_null=True), nullable=True))
        batch_op.create_index(
            "message_former_place",
            ["workspace_id", "channel", "former_ts"],
            unique=False,
            sqlite_where=sa.text("former_ts IS NOT NULL"),
            postgresql_where=sa.text("former_ts IS NOT NULL"),
        )


def downgrade() -> None:
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index(
            "message_former_place",
            sqlite_where=sa.text("former_ts IS NOT NULL"),
            postgresql_where=sa.text("former_ts IS NOT NULL"),
        )
        batch_op.drop_column("refusals")
        batch_op.drop_column("uneditable_ts")
        batch_op.drop_column("former_ts")
        batch_op.drop_column("generation")
