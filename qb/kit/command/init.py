"""`qb init`: a first config."""

from __future__ import annotations

from qb.errors.outcome import unwrap
from qb.kit.command.frame.invocation import Invocation
from qb.kit.command.frame.reply import Reply
from qb.kit.command.frame.shell_command import shell_command
from qb.kit.first_config import AddedConfig, add_config


@shell_command("qb init", "qb init --database reporting")
def perform(invocation: Invocation) -> Reply[AddedConfig]:
    """Write a first config into pyproject.toml.

    It adds a table for one database, with the modules of the project that declare tables, and changes nothing else.
    Where there is no pyproject.toml here or above, it makes one.
    """
    added = unwrap(add_config(name=invocation.name or "default", file=invocation.file))
    return Reply(added, show=lambda: _shown(added))


def _shown(added: AddedConfig) -> str:
    verb = "made" if added.created else "changed"
    named = f"described by {', '.join(added.schema)}" if added.schema else "say in it which modules describe it"
    return f"{verb} {added.file}: the database {added.database}, {named}\nqb doctor says whether it can be worked with"
