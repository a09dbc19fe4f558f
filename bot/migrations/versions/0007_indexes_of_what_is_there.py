"""Indexes of what is there"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

PLACE = ["workspace_id", "channel", "ts"]


def upgrade() -> None:
    # An index that holds only what has a place, or a parent, is not written for all the others.
    op.drop_index("message_place", "message")
    op.drop_index("message_parent", "message")
    placed, child = sa.text("ts IS NOT NULL"), sa.text("parent_id IS NOT NULL")
    op.create_index(
        "message_place",
        "message",
        PLACE,
        unique=True,
        sqlite_where=placed,
        postgresql_where=placed,
    )
    op.create_index(
        "message_parent", "message", ["parent_id"], sqlite_where=child, postgresql_where=child
    )


def downgrade() -> None:
    op.drop_index("message_place", "message")
    op.drop_index("message_parent", "message")
    op.create_index("message_place", "message", PLACE, unique=True)
    op.create_index("message_parent", "message", ["parent_id"])
