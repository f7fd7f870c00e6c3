"""Who sent a plan to the leaders, and who of them sent it back, when and why.

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table("drafts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sent_by", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("sent_back_by", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("sent_back_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("sent_back_why", sa.String(length=300), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_drafts_sent_by"), "people", ["sent_by"], ["id"])
        batch_op.create_foreign_key(batch_op.f("fk_drafts_sent_back_by"), "people", ["sent_back_by"], ["id"])
        batch_op.create_check_constraint(
            batch_op.f("ck_drafts_sent_back"), "(sent_back_by IS NULL) = (sent_back_at IS NULL)"
        )


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("drafts", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_drafts_sent_back"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_drafts_sent_back_by"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_drafts_sent_by"), type_="foreignkey")
        batch_op.drop_column("sent_back_why")
        batch_op.drop_column("sent_back_at")
        batch_op.drop_column("sent_back_by")
        batch_op.drop_column("sent_by")
