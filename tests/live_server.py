"""The program as a real process: waitress on a free port of 127.0.0.1, as docs/ tells people to run it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic
from urllib.error import URLError
from urllib.request import urlopen

from tests.program import SECRET_KEY

ROOT = Path(__file__).resolve().parent.parent
SECONDS_TO_START = 20.0
SECONDS_TO_STOP = 10.0


class LiveServer:
    """A server that can be started, stopped, killed and started again on the same port and database."""

    def __init__(
        self,
        database_url: str,
        log: Path,
        environ: Mapping[str, str],
        application: str = "wsgi:app",
        ready: str = "/healthz",
    ) -> None:
        self.application, self.ready = application, ready
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith("ADVICE_")},
            "DATABASE_URL": database_url,
            "SECRET_KEY": SECRET_KEY,
            **environ,
        }
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None
        self._answer = "no answer"

    def start(self) -> None:
        """Start the process and wait until it answers 200; fails with the server's own words if it does not."""
        command = [
            sys.executable,
            "-m",
            "waitress",
            f"--listen=127.0.0.1:{self.port}",
            "--threads=8",
            self.application,
        ]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=self.environ, stdout=log, stderr=log)
        deadline = monotonic() + SECONDS_TO_START
        while not self._healthy():
            if self.process.poll() is not None or monotonic() > deadline:
                self.kill()
                raise AssertionError(f"not ready ({self._answer}):\n{self.log.read_text(errors='replace')}")

    def stop(self) -> None:
        """End the process as a service manager does; kill it if it does not go."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            self.kill()
        self.process = None

    def kill(self) -> None:
        """End the process at once (SIGKILL), as a power cut does."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def _healthy(self) -> bool:
        assert self.process is not None
        try:
            with urlopen(self.url + self.ready, timeout=5) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError) as error:
            self._answer = f"{self.ready}: {error}"
            # The wait between two questions ends early when the process does.
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(0.05)
            return False


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(database_url: str, log: Path, application: str = "wsgi:app", **environ: str) -> Iterator[LiveServer]:
    """Run the program on a migrated database for as long as the block lasts; `environ` adds to its environment."""
    server = LiveServer(database_url, log, environ, application)
    server.start()
    try:
        yield server
    finally:
        server.stop()
