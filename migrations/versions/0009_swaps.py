"""Swaps: a shift offered to colleagues, who takes it, and the leaders who are asked.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "swaps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("shift_version", sa.Integer(), nullable=False),
        sa.Column("is_trade", sa.Boolean(), nullable=False),
        sa.Column("asked_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("taker_id", sa.Integer(), nullable=True),
        sa.Column("return_id", sa.Integer(), nullable=True),
        sa.Column("return_version", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("(return_id IS NULL) = (return_version IS NULL)", name=op.f("ck_swaps_return_seen")),
        sa.CheckConstraint("(taker_id IS NULL) = (taken_at IS NULL)", name=op.f("ck_swaps_taken")),
        sa.CheckConstraint("state != 'offered' OR ended_at IS NULL", name=op.f("ck_swaps_lasts_offered")),
        sa.CheckConstraint("state != 'offered' OR taker_id IS NULL", name=op.f("ck_swaps_free")),
        sa.CheckConstraint("state != 'taken' OR ended_at IS NULL", name=op.f("ck_swaps_lasts_taken")),
        sa.CheckConstraint(
            "state IN ('offered', 'taken', 'done', 'withdrawn', 'declined', 'refused', 'lapsed')",
            name=op.f("ck_swaps_state"),
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["people.id"], name=op.f("fk_swaps_decided_by")),
        sa.ForeignKeyConstraint(
            ["programme_id", "asked_id"],
            ["memberships.programme_id", "memberships.id"],
            name=op.f("fk_swaps_programme_id_asked_id"),
        ),
        sa.ForeignKeyConstraint(
            ["programme_id", "return_id"],
            ["shifts.programme_id", "shifts.id"],
            name=op.f("fk_swaps_programme_id_return_id"),
        ),
        sa.ForeignKeyConstraint(
            ["programme_id", "shift_id"],
            ["shifts.programme_id", "shifts.id"],
            name=op.f("fk_swaps_programme_id_shift_id"),
        ),
        sa.ForeignKeyConstraint(
            ["programme_id", "taker_id"],
            ["memberships.programme_id", "memberships.id"],
            name=op.f("fk_swaps_programme_id_taker_id"),
        ),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_swaps_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_swaps")),
        sa.UniqueConstraint("programme_id", "id", name=op.f("uq_swaps_programme_id_id")),
    )
    with op.batch_alter_table("swaps", schema=None) as batch_op:
        batch_op.create_index(
            "ix_swaps_living",
            ["shift_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('offered', 'taken')"),
            postgresql_where=sa.text("state IN ('offered', 'taken')"),
        )
        batch_op.create_index("ix_swaps_state", ["programme_id", "state"], unique=False)
    op.create_table(
        "swap_approvals",
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("swap_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(person_id IS NULL) = (at IS NULL)", name=op.f("ck_swap_approvals_answered")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_swap_approvals_person_id")),
        sa.ForeignKeyConstraint(
            ["programme_id", "organisation_id"],
            ["organisations.programme_id", "organisations.id"],
            name=op.f("fk_swap_approvals_programme_id_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["programme_id", "swap_id"],
            ["swaps.programme_id", "swaps.id"],
            name=op.f("fk_swap_approvals_programme_id_swap_id"),
        ),
        sa.PrimaryKeyConstraint("swap_id", "organisation_id", name=op.f("pk_swap_approvals")),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("swap_approvals")
    op.drop_table("swaps")
