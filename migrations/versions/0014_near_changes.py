"""How far ahead leaders change shifts at once, and the small drafts that later changes wait as.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table("programmes", schema=None) as batch_op:
        batch_op.add_column(sa.Column("at_once_days", sa.Integer(), nullable=False, server_default="7"))
        batch_op.create_check_constraint(batch_op.f("ck_programmes_at_once_days"), "at_once_days BETWEEN 0 AND 60")
    with op.batch_alter_table("programmes", schema=None) as batch_op:
        batch_op.alter_column("at_once_days", server_default=None)

    with op.batch_alter_table("drafts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("small", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("drafts", schema=None) as batch_op:
        batch_op.alter_column("small", server_default=None)

    with op.batch_alter_table("draft_changes", schema=None) as batch_op:
        batch_op.add_column(sa.Column("replaces_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_draft_changes_programme_id_replaces_id"),
            "shifts",
            ["programme_id", "replaces_id"],
            ["programme_id", "id"],
        )
        batch_op.create_check_constraint(batch_op.f("ck_draft_changes_replaces"), "replaces_id IS NULL OR deed = 'add'")


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("draft_changes", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_draft_changes_replaces"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_draft_changes_programme_id_replaces_id"), type_="foreignkey")
        batch_op.drop_column("replaces_id")
    with op.batch_alter_table("drafts", schema=None) as batch_op:
        batch_op.drop_column("small")
    with op.batch_alter_table("programmes", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_programmes_at_once_days"), type_="check")
        batch_op.drop_column("at_once_days")
