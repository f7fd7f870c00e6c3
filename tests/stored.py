"""A world that is stored and let go of, for tests that send requests.

While an application context stands open, Flask's test client sends its requests inside it, and they share the
test's session and whatever it holds. So these tests open one only to write or to look.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from advice.database import begin_write, db
from tests import builders


@contextmanager
def writing(app: Flask) -> Iterator[None]:
    """A write transaction of somebody else, committed at the end."""
    with app.app_context():
        begin_write()
        yield
        db.session.commit()


def stored_world(app: Flask) -> builders.World:
    """`builders.world`, committed. Its rows keep their values but belong to no session: merge or get to change them."""
    with writing(app):
        found = builders.world()
        db.session.flush()
        db.session.expunge_all()
    return found
