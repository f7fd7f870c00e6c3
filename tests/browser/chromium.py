"""Finds Chromium for the browser tests; `python -m tests.browser.chromium` also tries to install it.

CHROMIUM names the browser to use; else the usual places, else one that Playwright itself installed.
NO_BROWSER=1 leaves the browser tests out (empty is unset).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

USUAL_PLACES = (
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
    "/snap/bin/chromium",
)
USUAL_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = (
    "No Chromium was found: install one (apt-get install chromium), point CHROMIUM at it, "
    "or set NO_BROWSER=1 to leave the browser tests out."
)


def browser_tests_left_out(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether NO_BROWSER asks for a run without a browser; an empty value counts as unset."""
    return bool(environ.get("NO_BROWSER"))


def find_chromium(environ: Mapping[str, str] = os.environ) -> str | None:
    """The path of a browser to use, or None. A CHROMIUM that is not there is not silently replaced."""
    if named := environ.get("CHROMIUM"):
        return shutil.which(named)
    for place in USUAL_PLACES:
        if os.access(place, os.X_OK):
            return place
    for name in USUAL_NAMES:
        if found := shutil.which(name):
            return found
    cache = Path(environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    own = sorted(cache.glob("chromium-*/chrome-linux*/chrome"))
    return str(own[-1]) if own else None


def install_chromium() -> None:
    """Try Debian's package when root, Playwright's own build otherwise; what they say goes to the console."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("No Chromium here: installing Debian's (apt-get install chromium).", flush=True)
        environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "-qq", "update"], check=False, env=environ)
        command = ["apt-get", "-qq", "-y", "--no-install-recommends", "install", "chromium"]
        subprocess.run(command, check=False, env=environ, stdout=subprocess.DEVNULL)
        return
    print("No Chromium here: asking Playwright for one (playwright install chromium).", flush=True)
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


def main() -> int:
    """Make sure of a browser before the tests begin; 1 and one sentence when there is none."""
    if browser_tests_left_out():
        print("NO_BROWSER is set: the browser tests are left out.")
        return 0
    if find_chromium() is None and not os.environ.get("CHROMIUM"):
        install_chromium()
    if find_chromium() is None:
        print(MISSING, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
