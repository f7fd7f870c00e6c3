"""Which edit of opening hours made, withdrew or ended a row, so that undoing it gives back what it took away.

Rows of before have none of this; going back forgets which edit was which and changes no hours.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

EDITS = {
    "closures": ("made_by", "withdrawn_by"),
    "hours_changes": ("made_by", "withdrawn_by"),
    "extra_openings": ("made_by", "withdrawn_by"),
    "weekly_hours": ("made_by", "ended_by"),
}
"""By table, the columns that name an edit."""


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "hours_edits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("sign", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_hours_edits_person_id")),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_hours_edits_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hours_edits")),
        sa.UniqueConstraint("programme_id", "id", name=op.f("uq_hours_edits_programme_id_id")),
        sa.UniqueConstraint("programme_id", "sign", name=op.f("uq_hours_edits_programme_id_sign")),
    )
    for table, columns in EDITS.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            for column in columns:
                batch_op.add_column(sa.Column(column, sa.Integer(), nullable=True))
                batch_op.create_foreign_key(
                    batch_op.f(f"fk_{table}_programme_id_{column}"),
                    "hours_edits",
                    ["programme_id", column],
                    ["programme_id", "id"],
                )
            if table == "weekly_hours":
                batch_op.add_column(sa.Column("valid_to_before", sa.Date(), nullable=True))


def downgrade() -> None:
    """Go back."""
    for table, columns in reversed(EDITS.items()):
        with op.batch_alter_table(table, schema=None) as batch_op:
            if table == "weekly_hours":
                batch_op.drop_column("valid_to_before")
            for column in columns:
                batch_op.drop_constraint(batch_op.f(f"fk_{table}_programme_id_{column}"), type_="foreignkey")
                batch_op.drop_column(column)
    op.drop_table("hours_edits")
