"""docs/running.md as a script: its command blocks in order, and an account that can follow them.

The first line of a block says who runs it: what is `# as advice` is run to the letter; of `# as root` only what starts
and stops the services is done, by starting what the units say; what is `with PostgreSQL` is left out. Three things are
put in for others: the home of `advice`, the port, and (short form) the installing of packages.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import tarfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.live_server import ROOT, free_port

PAGE = ROOT / "docs" / "running.md"
UNITS = ROOT / "docs" / "systemd"
HOME = "/srv/advice"
PORT = "8000"
FENCE = re.compile(
    r"^```sh\n# as (?P<who>root|advice)(?:, (?P<what>[^\n]+))?\n(?P<commands>.*?)^```$", re.MULTILINE | re.DOTALL
)
SECTION = re.compile(r"^## (?P<title>.+)$", re.MULTILINE)
KEPT_VARIABLES = re.compile(r"^(PIP|UV|SSL|REQUESTS)_|^(https?|no)_proxy$", re.IGNORECASE)
LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc", ".*", "instance", "node_modules")
SECONDS = 300


@dataclass(frozen=True, slots=True)
class Block:
    """Commands of the page: the section they stand in, who runs them, and what is said of them."""

    section: str
    who: str
    what: str
    commands: str

    @property
    def installs(self) -> str | None:
        """The number of the release whose packages it installs; None for other blocks."""
        found = re.fullmatch(r"installs (\S+)", self.what)
        return found[1] if found else None


def blocks() -> list[Block]:
    """Every command block of the page, in order."""
    text = PAGE.read_text(encoding="utf-8")
    titles = [(found.start(), found["title"]) for found in SECTION.finditer(text)]
    return [
        Block(
            section=[title for at, title in titles if at < found.start()][-1],
            who=found["who"],
            what=found["what"] or "",
            commands=found["commands"],
        )
        for found in FENCE.finditer(text)
    ]


def settings_of(unit: str) -> dict[str, list[str]]:
    """The lines `Name=value` of a unit."""
    found: dict[str, list[str]] = {}
    for line in (UNITS / unit).read_text(encoding="utf-8").splitlines():
        name, _is, value = line.partition("=")
        if _is and not line.startswith("#"):
            found.setdefault(name, []).append(value)
    return found


def make_release(archive: Path, more: dict[str, str] | None = None) -> None:
    """Pack the working tree as a release's archive; `more` adds files (path to text)."""
    tree = archive.parent / f"tree of {archive.name}"
    for name in ("advice", "docs", "migrations", "static", "templates"):
        shutil.copytree(ROOT / name, tree / name, ignore=LEFT_OUT)
    for name in ("wsgi.py", "requirements.txt", "README.md", "CHANGELOG.md", "LICENSE"):
        shutil.copy(ROOT / name, tree / name)
    for path, text in (more or {}).items():
        (tree / path).write_text(text, encoding="utf-8")
    with tarfile.open(archive, "w:gz") as packed:
        packed.add(tree, archive.name.removesuffix(".tar.gz"))
    shutil.rmtree(tree)


@dataclass(slots=True)
class Account:
    """A user whose home is empty: her environment, and the services that run for her."""

    home: Path
    path: str = "/usr/local/bin:/usr/bin:/bin"
    run_as: Sequence[str] = ()
    """What stands before each command to make it another user's (setpriv …), nothing for our own."""
    port: int = field(default_factory=free_port)
    services: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def environ(self) -> dict[str, str]:
        """What a fresh log-in has, and the way to the package index."""
        kept = {name: value for name, value in os.environ.items() if KEPT_VARIABLES.search(name)}
        return {**kept, "HOME": str(self.home), "PATH": self.path, "LANG": "C.UTF-8", "USER": "advice"}

    def here(self, text: str) -> str:
        """The text with this account's home and port."""
        return text.replace(HOME, str(self.home)).replace(PORT, str(self.port))

    def follow(self, commands: str) -> str:
        """Run commands as they stand, in a shell that ends at the first fault; returns what they printed."""
        done = subprocess.run(
            [*self.run_as, "bash", "-eu", "-o", "pipefail", "-c", self.here(commands)],
            cwd=self.home,
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == 0, f"{commands}\n{done.stdout}\n{done.stderr}\n{self.told()}"
        return done.stdout

    def administer(self, commands: str) -> None:
        """Of an administrator's commands, start and stop the services that they name."""
        for words in map(shlex.split, commands.splitlines()):
            if words[:1] != ["systemctl"]:
                continue
            names = [word for word in words[2:] if not word.startswith("-") and (UNITS / f"{word}.service").is_file()]
            for name in names:
                self.stop(name) if words[1] == "stop" else self.start(name)

    def start(self, name: str) -> None:
        """Start what the unit says, with its settings, in its folder."""
        assert name not in self.services, f"{name} runs already"
        unit = settings_of(f"{name}.service")
        environ = self.environ
        for line in Path(self.here(unit["EnvironmentFile"][0])).read_text(encoding="utf-8").splitlines():
            variable, _is, value = line.partition("=")
            environ[variable] = shlex.split(value)[0]
        with (self.home / f"{name}.log").open("ab") as log:
            self.services[name] = subprocess.Popen(
                [*self.run_as, *shlex.split(self.here(unit["ExecStart"][0]))],
                cwd=self.here(unit["WorkingDirectory"][0]),
                env=environ,
                stdout=log,
                stderr=log,
            )

    def stop(self, name: str) -> None:
        """End a service as systemd does, and see that it ends by itself."""
        process = self.services.pop(name)
        assert process.poll() is None, f"{name} had ended:\n{self.told()}"
        process.send_signal(signal.SIGTERM)
        process.wait(20)

    def told(self) -> str:
        """What the services have printed."""
        return "\n".join(log.read_text(encoding="utf-8", errors="replace") for log in sorted(self.home.glob("*.log")))

    def leave(self) -> None:
        """End whatever still runs."""
        for process in self.services.values():
            with suppress(ProcessLookupError):
                process.kill()
            process.wait()


def followed(account: Account, sections: Sequence[str], instead_of_install: str | None) -> Iterator[tuple[Block, str]]:
    """Follow the blocks of some sections (by the beginning of their titles); each block with what it printed.

    instead_of_install: commands in place of those that install packages; {release} is the release's number.
    """
    for block in blocks():
        if block.what == "with PostgreSQL" or not block.section.startswith(tuple(sections)):
            continue
        if block.who == "root":
            account.administer(block.commands)
            yield block, ""
        elif block.installs and instead_of_install:
            yield block, account.follow(instead_of_install.format(release=block.installs))
        else:
            yield block, account.follow(block.commands)
