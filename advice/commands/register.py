"""Hang every command on the program."""

from __future__ import annotations

from flask import Flask

from advice.commands.data import backup_command, restore_command, restored_command, retention_group
from advice.commands.database import db_group
from advice.commands.demonstration import demo_command
from advice.commands.hsds import hsds_group
from advice.commands.people import user_group
from advice.commands.programmes import programme_group
from advice.commands.working import work_command

COMMANDS = (
    db_group,
    programme_group,
    user_group,
    demo_command,
    work_command,
    backup_command,
    restore_command,
    restored_command,
    retention_group,
    hsds_group,
)


def install(app: Flask) -> None:
    """Register the commands."""
    for command in COMMANDS:
        app.cli.add_command(command)
