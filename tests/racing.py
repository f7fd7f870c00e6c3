"""Several people who do something to the vagtplan at the same moment, each over a real connection of her own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Flask

from advice.actions.shifts import Refused
from advice.database import begin_write, db

Act = Callable[[], object]


def at_once(app: Flask, acts: Sequence[Act]) -> list[str]:
    """Do these at the same moment, each in a transaction and connection of its own; how each ended, sorted: "done", or
    the name of what it was refused with."""
    ready = Barrier(len(acts))

    def one(act: Act) -> str:
        with app.app_context():
            ready.wait(timeout=60)
            begin_write()
            try:
                act()
                db.session.commit()
                return "done"
            except Refused as refused:
                return type(refused).__name__
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(one, acts))
