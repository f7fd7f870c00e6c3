"""What residents' pages need: a counter of changes, notices, school holidays, drawings.

The counter takes the place of programmes.hours_revision; on the way back that one begins at nought, as nothing read it.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

LABELS = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
PICTURES = (
    "picture IN ('letter', 'money', 'home', 'work', 'school', 'health', 'family', 'children', 'phone', 'papers', "
    "'residence', 'food', 'talk', 'more')"
)


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "revisions",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_revisions")),
    )
    op.create_table(
        "school_holidays",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("labels", LABELS, nullable=False),
        sa.Column("first_date", sa.Date(), nullable=False),
        sa.Column("last_date", sa.Date(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("last_date >= first_date", name=op.f("ck_school_holidays_last_date_after_first_date")),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_school_holidays_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school_holidays")),
        sa.UniqueConstraint("programme_id", "id", name=op.f("uq_school_holidays_programme_id_id")),
    )
    op.create_table(
        "resident_notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column("labels", LABELS, nullable=False),
        sa.Column("text", LABELS, nullable=True),
        sa.Column("first_date", sa.Date(), nullable=False),
        sa.Column("last_date", sa.Date(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('notice', 'theme')", name=op.f("ck_resident_notices_kind")),
        sa.CheckConstraint("last_date >= first_date", name=op.f("ck_resident_notices_last_date_after_first_date")),
        sa.ForeignKeyConstraint(
            ["programme_id", "place_id"],
            ["places.programme_id", "places.id"],
            name=op.f("fk_resident_notices_programme_id_place_id"),
        ),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_resident_notices_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resident_notices")),
        sa.UniqueConstraint("programme_id", "id", name=op.f("uq_resident_notices_programme_id_id")),
    )
    with op.batch_alter_table("topic_groups", schema=None) as batch_op:
        batch_op.add_column(sa.Column("picture", sa.String(length=20), nullable=True))
        batch_op.create_check_constraint(batch_op.f("ck_topic_groups_picture"), PICTURES)
    with op.batch_alter_table("programmes", schema=None) as batch_op:
        batch_op.drop_column("hours_revision")


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("programmes", schema=None) as batch_op:
        batch_op.add_column(sa.Column("hours_revision", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("programmes", schema=None) as batch_op:
        batch_op.alter_column("hours_revision", server_default=None)
    with op.batch_alter_table("topic_groups", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_topic_groups_picture"), type_="check")
        batch_op.drop_column("picture")
    op.drop_table("resident_notices")
    op.drop_table("school_holidays")
    op.drop_table("revisions")
