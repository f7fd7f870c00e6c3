"""docs/running.md works as written: install, first programme, backup, restore, update, going back."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from advice import schema
from tests.docs import guide
from tests.docs.guide import Account

NEWER = "9999"
"""The revision that release 0.2.0 adds here: it touches rows only, so the schema stays as the models say."""
MIGRATION = f'''"""A migration that 0.1.0 does not know."""

from alembic import op

revision, down_revision, branch_labels, depends_on = "{NEWER}", "{schema.revisions()[0]}", None, None


def upgrade() -> None:
    op.execute("UPDATE programmes SET note = 'opdateret'")


def downgrade() -> None:
    pass
'''
NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
OWN_PATH = f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin"


@pytest.fixture
def home() -> Iterator[Path]:
    """An empty home with the archives of two releases in it, under a folder that every user can reach."""
    with tempfile.TemporaryDirectory(prefix="raad-guide-") as folder:
        Path(folder).chmod(0o755)
        found = Path(folder) / "advice"
        found.mkdir()
        guide.make_release(found / "aaben-raadgivning-0.1.0.tar.gz")
        later = {f"migrations/versions/{NEWER}_rehearsal.py": MIGRATION}
        guide.make_release(found / "aaben-raadgivning-0.2.0.tar.gz", later)
        yield found


def test_short_form_the_guide_works_as_written_but_for_installing_packages(home: Path) -> None:
    whole_guide(Account(home, OWN_PATH), f"ln -s {sys.prefix} ~/releases/{{release}}/.venv")


@pytest.mark.long
def test_the_guide_works_as_written_in_a_fresh_account(home: Path) -> None:
    whole_guide(fresh_account(home), None)


def fresh_account(home: Path) -> Account:
    """Nobody's account where we are root and the system has a Python that others may use; else our own, home empty."""
    account = Account(home, run_as=NOBODY if os.geteuid() == 0 else ())
    probe = [*account.run_as, "python3", "-c", "import ensurepip, sys; sys.exit(sys.version_info < (3, 11))"]
    try:
        done = subprocess.run(probe, env=account.environ, capture_output=True, check=False)
        usable = done.returncode == 0
    except OSError:
        usable = False
    if not usable:
        return Account(home, OWN_PATH)
    if account.run_as:
        for path in (home, *home.iterdir()):
            shutil.chown(path, 65534, 65534)
    return account


def whole_guide(account: Account, instead_of_install: str | None) -> None:
    """Follow the guide from the empty account to the way back, and look at the program between the steps."""
    try:
        first_release(account, instead_of_install)
        backup_and_restore(account)
        there_and_back(account, instead_of_install)
    finally:
        account.leave()


def first_release(account: Account, instead_of_install: str | None) -> None:
    follow(account, "1.", "2.", "3.", instead_of_install=instead_of_install)
    environment = account.home / "advice.env"
    assert environment.stat().st_mode & 0o777 == 0o600, "the secrets are readable by others"
    first_revision_to_newest(account)
    assert state(account, *follow(account, "4.")) == ("ok", schema.revisions()[0])
    printed = follow(account, "5.", "6.")
    link = re.search(r"https://raad\.example\.org(/invitation/\S+)", "\n".join(printed))
    assert link, printed
    assert "Molen" in printed[-1] and "12" in printed[-1]
    assert "Molen" in ask(account, "/havnen/") and "Tovholderen" not in ask(account, "/havnen/")
    assert "adgangskode" in ask(account, link[1]).lower()


def first_revision_to_newest(account: Account) -> None:
    """A database as the first version made it comes to the newest revision, and a copy of it is kept."""
    account.follow("rm ~/data/advice.db* && ~/advice db upgrade 0001")
    said = account.follow("~/advice db upgrade && ~/advice db check")
    assert "advice-before-" in said and f"at revision {schema.revisions()[0]}" in said


def backup_and_restore(account: Account) -> None:
    printed = follow(account, "7.")
    assert "and checked" in printed[0] and "is whole" in printed[-1]
    account.follow(
        'sed -i "s/Beboerhuset på Molen/Pavillonen/" ~/havnen.toml && ~/advice programme import ~/havnen.toml'
    )
    assert "Pavillonen" in ask(account, "/havnen/molen")
    assert any("is kept as" in said for said in follow(account, "8."))
    assert "Beboerhuset på Molen" in ask(account, "/havnen/molen")


def there_and_back(account: Account, instead_of_install: str | None) -> None:
    follow(account, "9.", instead_of_install=instead_of_install)
    assert state(account, ask(account, "/healthz")) == ("ok", NEWER)
    assert "Molen" in ask(account, "/havnen/")
    assert f"is kept as {account.home}/data/advice-before-restore" in "\n".join(follow(account, "10."))
    assert state(account, ask(account, "/healthz")) == ("ok", schema.revisions()[0])
    assert "Beboerhuset på Molen" in ask(account, "/havnen/molen")


def follow(account: Account, *sections: str, instead_of_install: str | None = None) -> list[str]:
    """Follow some sections; what their blocks of `advice` printed."""
    done = list(guide.followed(account, sections, instead_of_install))
    assert {block.section.split()[0] for block, _said in done} == set(sections), "a section has no commands any more"
    return [said for block, said in done if block.who == "advice"]


def ask(account: Account, path: str) -> str:
    """What the running program answers at an address, once it is up."""
    return account.follow(f"curl -fsS --retry 60 --retry-delay 1 --retry-connrefused http://127.0.0.1:8000{path}")


def state(account: Account, healthz: str) -> tuple[str, str]:
    """Status and revision, as /healthz says them."""
    found = json.loads(healthz)
    return found["status"], found["revision"]


def test_every_block_says_whose_it_is() -> None:
    text = guide.PAGE.read_text(encoding="utf-8")
    assert text.count("```sh") == len(guide.blocks()), "a block that says nobody would be followed by nobody"
    assert {block.what for block in guide.blocks()} == {"", "installs 0.1.0", "installs 0.2.0", "with PostgreSQL"}
