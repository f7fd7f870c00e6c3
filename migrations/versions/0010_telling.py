"""What people have not yet been told or seen of their shifts, and text messages beside mails.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "shift_news",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("reader", sa.String(length=4), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("starts", sa.Integer(), nullable=True),
        sa.Column("ends", sa.Integer(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(day IS NULL) = (starts IS NULL)", name=op.f("ck_shift_news_starts")),
        sa.CheckConstraint("(place_id IS NULL) = (day IS NULL)", name=op.f("ck_shift_news_day")),
        sa.CheckConstraint("(starts IS NULL) = (ends IS NULL)", name=op.f("ck_shift_news_ends")),
        sa.CheckConstraint("ends > starts", name=op.f("ck_shift_news_ends_after_starts")),
        sa.CheckConstraint("reader IN ('mail', 'page')", name=op.f("ck_shift_news_reader")),
        sa.ForeignKeyConstraint(
            ["programme_id", "place_id"],
            ["places.programme_id", "places.id"],
            name=op.f("fk_shift_news_programme_id_place_id"),
        ),
        sa.ForeignKeyConstraint(
            ["programme_id", "shift_id"],
            ["shifts.programme_id", "shifts.id"],
            name=op.f("fk_shift_news_programme_id_shift_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift_news")),
        sa.UniqueConstraint("shift_id", "reader", name=op.f("uq_shift_news_shift_id_reader")),
    )
    with op.batch_alter_table("shift_news", schema=None) as batch_op:
        batch_op.create_index("ix_shift_news_since", ["reader", "since"], unique=False)
    with op.batch_alter_table("mails", schema=None) as batch_op:
        batch_op.add_column(sa.Column("channel", sa.String(length=4), nullable=False, server_default="mail"))
        batch_op.create_check_constraint(batch_op.f("ck_mails_channel"), "channel IN ('mail', 'sms')")
    with op.batch_alter_table("mails", schema=None) as batch_op:
        batch_op.alter_column("channel", server_default=None)
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sms_since", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Go back. Text messages go: an older program would take their numbers for addresses."""
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.drop_column("sms_since")
    op.execute("DELETE FROM mails WHERE channel = 'sms'")
    with op.batch_alter_table("mails", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_mails_channel"), type_="check")
        batch_op.drop_column("channel")
    op.drop_table("shift_news")
