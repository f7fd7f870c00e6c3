"""What laying a plan needs: people's terms, absence and rounds that collect it, drafts and who says yes to them.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

DETAILS = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "absence_rounds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_absence_rounds_last_day_after_first_day")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_absence_rounds_person_id")),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_absence_rounds_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence_rounds")),
        sa.UniqueConstraint("programme_id", "id", name=op.f("uq_absence_rounds_programme_id_id")),
    )
    op.create_table(
        "drafts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_out", DETAILS, nullable=False),
        sa.CheckConstraint("state IN ('open', 'sent', 'in_force', 'dropped')", name=op.f("ck_drafts_state")),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_drafts_last_day_after_first_day")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_drafts_person_id")),
        sa.ForeignKeyConstraint(
            ["programme_id", "organisation_id"],
            ["organisations.programme_id", "organisations.id"],
            name=op.f("fk_drafts_programme_id_organisation_id"),
        ),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_drafts_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
        sa.UniqueConstraint("programme_id", "id", name=op.f("uq_drafts_programme_id_id")),
    )
    with op.batch_alter_table("drafts", schema=None) as batch_op:
        batch_op.create_index("ix_drafts_state", ["programme_id", "state"], unique=False)

    op.create_table(
        "absence_answers",
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("membership_id", sa.Integer(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["programme_id", "membership_id"],
            ["memberships.programme_id", "memberships.id"],
            name=op.f("fk_absence_answers_programme_id_membership_id"),
        ),
        sa.ForeignKeyConstraint(
            ["programme_id", "round_id"],
            ["absence_rounds.programme_id", "absence_rounds.id"],
            name=op.f("fk_absence_answers_programme_id_round_id"),
        ),
        sa.PrimaryKeyConstraint("round_id", "membership_id", name=op.f("pk_absence_answers")),
    )
    op.create_table(
        "absences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("membership_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("starts", sa.Integer(), nullable=True),
        sa.Column("ends", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('holiday', 'course', 'leave', 'absence')", name=op.f("ck_absences_kind")),
        sa.CheckConstraint("(starts IS NULL) = (ends IS NULL)", name=op.f("ck_absences_both_or_neither")),
        sa.CheckConstraint("ends > starts", name=op.f("ck_absences_ends_after_starts")),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_absences_last_day_after_first_day")),
        sa.ForeignKeyConstraint(
            ["programme_id", "membership_id", "person_id", "organisation_id"],
            ["memberships.programme_id", "memberships.id", "memberships.person_id", "memberships.organisation_id"],
            name=op.f("fk_absences_member"),
        ),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_absences_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")),
        sa.UniqueConstraint("programme_id", "id", name=op.f("uq_absences_programme_id_id")),
    )
    with op.batch_alter_table("absences", schema=None) as batch_op:
        batch_op.create_index("ix_absences_days", ["programme_id", "last_day"], unique=False)
        batch_op.create_index("ix_absences_person", ["person_id", "last_day"], unique=False)

    op.create_table(
        "availabilities",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("membership_id", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("starts", sa.Integer(), nullable=False),
        sa.Column("ends", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("ends > starts", name=op.f("ck_availabilities_ends_after_starts")),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("ck_availabilities_valid_to_after_valid_from")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_availabilities_weekday")),
        sa.ForeignKeyConstraint(
            ["programme_id", "membership_id"],
            ["memberships.programme_id", "memberships.id"],
            name=op.f("fk_availabilities_programme_id_membership_id"),
        ),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_availabilities_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_availabilities")),
        sa.UniqueConstraint("programme_id", "id", name=op.f("uq_availabilities_programme_id_id")),
    )
    with op.batch_alter_table("availabilities", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_availabilities_membership_id"), ["membership_id"], unique=False)

    op.create_table(
        "draft_approvals",
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_draft_approvals_person_id")),
        sa.ForeignKeyConstraint(
            ["programme_id", "draft_id"],
            ["drafts.programme_id", "drafts.id"],
            name=op.f("fk_draft_approvals_programme_id_draft_id"),
        ),
        sa.ForeignKeyConstraint(
            ["programme_id", "organisation_id"],
            ["organisations.programme_id", "organisations.id"],
            name=op.f("fk_draft_approvals_programme_id_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("draft_id", "organisation_id", name=op.f("pk_draft_approvals")),
    )
    op.create_table(
        "place_wishes",
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("membership_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("wish", sa.String(length=10), nullable=False),
        sa.CheckConstraint("wish IN ('prefers', 'avoids')", name=op.f("ck_place_wishes_wish")),
        sa.ForeignKeyConstraint(
            ["programme_id", "membership_id"],
            ["memberships.programme_id", "memberships.id"],
            name=op.f("fk_place_wishes_programme_id_membership_id"),
        ),
        sa.ForeignKeyConstraint(
            ["programme_id", "place_id"],
            ["places.programme_id", "places.id"],
            name=op.f("fk_place_wishes_programme_id_place_id"),
        ),
        sa.PrimaryKeyConstraint("membership_id", "place_id", name=op.f("pk_place_wishes")),
    )
    op.create_table(
        "draft_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("deed", sa.String(length=10), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=True),
        sa.Column("shift_version", sa.Integer(), nullable=True),
        sa.Column("membership_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("starts", sa.Integer(), nullable=False),
        sa.Column("ends", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(deed = 'add') = (shift_id IS NULL)", name=op.f("ck_draft_changes_made_from")),
        sa.CheckConstraint("deed IN ('add', 'change', 'cancel')", name=op.f("ck_draft_changes_deed")),
        sa.CheckConstraint("(shift_id IS NULL) = (shift_version IS NULL)", name=op.f("ck_draft_changes_version_seen")),
        sa.CheckConstraint("ends > starts", name=op.f("ck_draft_changes_ends_after_starts")),
        sa.ForeignKeyConstraint(
            ["programme_id", "draft_id"],
            ["drafts.programme_id", "drafts.id"],
            name=op.f("fk_draft_changes_programme_id_draft_id"),
        ),
        sa.ForeignKeyConstraint(
            ["programme_id", "membership_id", "person_id", "organisation_id"],
            ["memberships.programme_id", "memberships.id", "memberships.person_id", "memberships.organisation_id"],
            name=op.f("fk_draft_changes_member"),
        ),
        sa.ForeignKeyConstraint(
            ["programme_id", "place_id"],
            ["places.programme_id", "places.id"],
            name=op.f("fk_draft_changes_programme_id_place_id"),
        ),
        sa.ForeignKeyConstraint(
            ["programme_id", "shift_id"],
            ["shifts.programme_id", "shifts.id"],
            name=op.f("fk_draft_changes_programme_id_shift_id"),
        ),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_draft_changes_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_changes")),
        sa.UniqueConstraint("draft_id", "shift_id", name=op.f("uq_draft_changes_draft_id_shift_id")),
        sa.UniqueConstraint("programme_id", "id", name=op.f("uq_draft_changes_programme_id_id")),
    )
    with op.batch_alter_table("draft_changes", schema=None) as batch_op:
        batch_op.create_index("ix_draft_changes_draft", ["draft_id", "day"], unique=False)

    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.add_column(sa.Column("most_shifts", sa.Integer(), nullable=True))
        batch_op.create_check_constraint(batch_op.f("ck_memberships_most_shifts"), "most_shifts BETWEEN 0 AND 14")


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_memberships_most_shifts"), type_="check")
        batch_op.drop_column("most_shifts")

    op.drop_table("draft_changes")
    op.drop_table("place_wishes")
    op.drop_table("draft_approvals")
    op.drop_table("availabilities")
    op.drop_table("absences")
    op.drop_table("absence_answers")
    op.drop_table("drafts")
    op.drop_table("absence_rounds")
