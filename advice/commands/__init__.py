"""The commands of `flask --app wsgi …`, one module a group; register.py hangs them on the program.

database.py    db upgrade, db check, db revision
programmes.py  programme check, import, export
people.py      user add
demonstration.py  demo
working.py     work
hsds.py        hsds export
"""
