"""What a service needs on one day of the calendar; of which cancelling it was said that the house opens with fewer.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "day_needs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("never_fewer", sa.Integer(), nullable=False),
        sa.Column("least", sa.Integer(), nullable=False),
        sa.Column("best", sa.Integer(), nullable=False),
        sa.Column("before_minutes", sa.Integer(), nullable=False),
        sa.Column("after_minutes", sa.Integer(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "0 <= never_fewer AND never_fewer <= least AND least <= best", name=op.f("ck_day_needs_rising")
        ),
        sa.CheckConstraint(
            "before_minutes BETWEEN 0 AND 240 AND after_minutes BETWEEN 0 AND 240", name=op.f("ck_day_needs_setup")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id", "place_id"],
            ["places.programme_id", "places.id"],
            name=op.f("fk_day_needs_programme_id_place_id"),
        ),
        sa.ForeignKeyConstraint(
            ["programme_id", "service_id"],
            ["services.programme_id", "services.id"],
            name=op.f("fk_day_needs_programme_id_service_id"),
        ),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_day_needs_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_needs")),
        sa.UniqueConstraint("programme_id", "id", name=op.f("uq_day_needs_programme_id_id")),
    )
    with op.batch_alter_table("day_needs", schema=None) as batch_op:
        batch_op.create_index(
            "ix_day_needs_one",
            ["programme_id", "place_id", "service_id", "day"],
            unique=True,
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        )

    op.create_table(
        "day_need_competences",
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("day_need_id", sa.Integer(), nullable=False),
        sa.Column("competence_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["programme_id", "competence_id"],
            ["competences.programme_id", "competences.id"],
            name=op.f("fk_day_need_competences_programme_id_competence_id"),
        ),
        sa.ForeignKeyConstraint(
            ["programme_id", "day_need_id"],
            ["day_needs.programme_id", "day_needs.id"],
            name=op.f("fk_day_need_competences_programme_id_day_need_id"),
        ),
        sa.PrimaryKeyConstraint("day_need_id", "competence_id", name=op.f("pk_day_need_competences")),
    )
    op.create_table(
        "day_need_organisations",
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("day_need_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("least", sa.Integer(), nullable=False),
        sa.CheckConstraint("least > 0", name=op.f("ck_day_need_organisations_least")),
        sa.ForeignKeyConstraint(
            ["programme_id", "day_need_id"],
            ["day_needs.programme_id", "day_needs.id"],
            name=op.f("fk_day_need_organisations_programme_id_day_need_id"),
        ),
        sa.ForeignKeyConstraint(
            ["programme_id", "organisation_id"],
            ["organisations.programme_id", "organisations.id"],
            name=op.f("fk_day_need_organisations_programme_id_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("day_need_id", "organisation_id", name=op.f("pk_day_need_organisations")),
    )
    with op.batch_alter_table("open_with_fewer", schema=None) as batch_op:
        batch_op.add_column(sa.Column("shift_version", sa.Integer(), nullable=True))
    op.execute(
        "UPDATE open_with_fewer SET shift_version ="
        " (SELECT version FROM shifts WHERE shifts.id = open_with_fewer.shift_id)"
    )
    with op.batch_alter_table("open_with_fewer", schema=None) as batch_op:
        batch_op.alter_column("shift_version", existing_type=sa.Integer(), nullable=False)


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("open_with_fewer", schema=None) as batch_op:
        batch_op.drop_column("shift_version")
    op.drop_table("day_need_organisations")
    op.drop_table("day_need_competences")
    with op.batch_alter_table("day_needs", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_day_needs_one",
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        )

    op.drop_table("day_needs")
