"""Who was asked to take a shift that was called off, and where the house is open with fewer.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "open_with_fewer",
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_open_with_fewer_person_id")),
        sa.ForeignKeyConstraint(
            ["programme_id", "shift_id"],
            ["shifts.programme_id", "shifts.id"],
            name=op.f("fk_open_with_fewer_programme_id_shift_id"),
        ),
        sa.PrimaryKeyConstraint("shift_id", name=op.f("pk_open_with_fewer")),
    )
    op.create_table(
        "stand_in_asks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("membership_id", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(length=3), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name=op.f("ck_stand_in_asks_answered")),
        sa.CheckConstraint("answer IN ('yes', 'no')", name=op.f("ck_stand_in_asks_answer")),
        sa.ForeignKeyConstraint(["asked_by"], ["people.id"], name=op.f("fk_stand_in_asks_asked_by")),
        sa.ForeignKeyConstraint(
            ["programme_id", "membership_id"],
            ["memberships.programme_id", "memberships.id"],
            name=op.f("fk_stand_in_asks_programme_id_membership_id"),
        ),
        sa.ForeignKeyConstraint(
            ["programme_id", "shift_id"],
            ["shifts.programme_id", "shifts.id"],
            name=op.f("fk_stand_in_asks_programme_id_shift_id"),
        ),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_stand_in_asks_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stand_in_asks")),
        sa.UniqueConstraint("programme_id", "id", name=op.f("uq_stand_in_asks_programme_id_id")),
        sa.UniqueConstraint("shift_id", "membership_id", name=op.f("uq_stand_in_asks_shift_id_membership_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_stand_in_asks_token_hash")),
    )
    with op.batch_alter_table("stand_in_asks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stand_in_asks_membership_id"), ["membership_id"], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_table("stand_in_asks")
    op.drop_table("open_with_fewer")
