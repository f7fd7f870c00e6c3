"""The program as a WSGI application: `flask --app wsgi …`, `gunicorn wsgi:app`. `python wsgi.py` is `make run`."""

from __future__ import annotations

import os
import sys

from advice import trial
from advice.app import NO_SECRET_KEY, create_app
from advice.config import SettingsError

try:
    if __name__ == "__main__":
        trial.main()
    else:
        app = create_app()
except SettingsError as error:
    sys.exit(str(error))

if __name__ != "__main__" and not app.secret_key and os.environ.get("FLASK_RUN_FROM_CLI") != "true":
    sys.exit(NO_SECRET_KEY)
