"""Who has met and left.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "presences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=True),
        sa.Column("membership_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("came", sa.Integer(), nullable=True),
        sa.Column("gone", sa.Integer(), nullable=True),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("corrected_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("gone >= came", name=op.f("ck_presences_gone_after_came")),
        sa.CheckConstraint("minutes BETWEEN 0 AND 1439", name=op.f("ck_presences_minutes")),
        sa.CheckConstraint(
            "minutes IS NULL OR (came IS NULL AND gone IS NULL)", name=op.f("ck_presences_times_or_minutes")
        ),
        sa.CheckConstraint("NOT confirmed OR shift_id IS NOT NULL", name=op.f("ck_presences_confirmed")),
        sa.ForeignKeyConstraint(["corrected_by"], ["people.id"], name=op.f("fk_presences_corrected_by")),
        sa.ForeignKeyConstraint(
            ["programme_id", "membership_id", "person_id", "organisation_id"],
            ["memberships.programme_id", "memberships.id", "memberships.person_id", "memberships.organisation_id"],
            name=op.f("fk_presences_membership"),
        ),
        sa.ForeignKeyConstraint(
            ["programme_id", "place_id"],
            ["places.programme_id", "places.id"],
            name=op.f("fk_presences_programme_id_place_id"),
        ),
        sa.ForeignKeyConstraint(
            ["programme_id", "shift_id"],
            ["shifts.programme_id", "shifts.id"],
            name=op.f("fk_presences_programme_id_shift_id"),
        ),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_presences_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_presences")),
        sa.UniqueConstraint("programme_id", "id", name=op.f("uq_presences_programme_id_id")),
        sa.UniqueConstraint("shift_id", "day", name=op.f("uq_presences_shift_id_day")),
    )
    with op.batch_alter_table("presences", schema=None) as batch_op:
        batch_op.create_index("ix_presences_day", ["programme_id", "day"], unique=False)
        batch_op.create_index(
            "ix_presences_helping",
            ["person_id", "place_id", "day"],
            unique=True,
            sqlite_where=sa.text("shift_id IS NULL"),
            postgresql_where=sa.text("shift_id IS NULL"),
        )
        batch_op.create_index(
            "ix_presences_open",
            ["person_id", "day"],
            unique=True,
            sqlite_where=sa.text("came IS NOT NULL AND gone IS NULL"),
            postgresql_where=sa.text("came IS NOT NULL AND gone IS NULL"),
        )


def downgrade() -> None:
    """Go back."""
    op.drop_table("presences")
