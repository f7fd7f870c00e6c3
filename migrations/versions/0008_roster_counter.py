"""The vagtplan gets a counter of its own: what is kept of a board stands under its number (advice/models/revisions.py).

There is nothing to do here: the counter's row and the triggers that raise it stand in advice/guards.py, from which
every run of migrations makes them anew when it ends. This is the run; a way back has nothing to take away.

Revision ID: 0008
Revises: 0007
"""

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""


def downgrade() -> None:
    """Go back."""
