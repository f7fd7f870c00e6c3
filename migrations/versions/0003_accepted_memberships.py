"""A membership counts once she has accepted it: when that was, and the one-time link by which she does.

Those that stand when this runs have counted all along: they are accepted. On the way back what nobody has accepted
goes, with its links: it never counted, and the older program would let it count.

Revision ID: 0003
Revises: 0002
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MEMBERSHIPS = sa.table("memberships", sa.column("accepted_at", sa.DateTime(timezone=True)))
LINKS = sa.table("one_time_links", sa.column("purpose", sa.String()))


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.add_column(sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(MEMBERSHIPS.update().values(accepted_at=now()))

    with op.batch_alter_table("one_time_links", schema=None) as batch_op:
        batch_op.add_column(sa.Column("membership_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_one_time_links_membership_id"), ["membership_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_one_time_links_membership_id"), "memberships", ["membership_id"], ["id"]
        )
        batch_op.drop_constraint(batch_op.f("ck_one_time_links_purpose"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_one_time_links_purpose"), "purpose IN ('invitation', 'password', 'membership')"
        )


def downgrade() -> None:
    """Go back."""
    op.execute(LINKS.delete().where(LINKS.c.purpose == "membership"))
    with op.batch_alter_table("one_time_links", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_one_time_links_purpose"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_one_time_links_purpose"), "purpose IN ('invitation', 'password')"
        )
        batch_op.drop_constraint(batch_op.f("fk_one_time_links_membership_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_one_time_links_membership_id"))
        batch_op.drop_column("membership_id")

    op.execute(MEMBERSHIPS.delete().where(MEMBERSHIPS.c.accepted_at.is_(None)))
    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.drop_column("accepted_at")


def now() -> datetime:
    """This instant, as each engine keeps one."""
    instant = datetime.now(UTC)
    return instant.replace(tzinfo=None) if op.get_bind().dialect.name == "sqlite" else instant
