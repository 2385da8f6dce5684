"""`qb config`: what the config comes to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from qb.kit.command.frame.invocation import Invocation
from qb.kit.command.frame.reply import Reply, ReplyProblem, problem_of
from qb.kit.command.frame.shell_command import shell_command
from qb.kit.errors import KitError, UnsetVariable
from qb.kit.exit_code import ExitCode

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console, ConsoleOptions, RenderResult

    from qb.kit.config import DatabaseConfig


class ShownDatabase(msgspec.Struct, frozen=True):
    """A database of the config, without its secrets."""

    name: str
    address: str | None
    """None where it cannot be told: the problems say why."""
    origin: str | None
    """Where the address is from, and that it is not set there."""
    owned: bool
    protected: bool
    schema: tuple[str, ...]
    migrations: str | None
    direct_url: str | None = None
    """Where migrations go, where that is another address."""


class ShownConfig(msgspec.Struct, frozen=True):
    """The config's file, and its databases."""

    file: str
    databases: tuple[ShownDatabase, ...]


@shell_command("qb config", "qb config --database production --json")
def perform(invocation: Invocation) -> Reply[ShownConfig]:
    """Show the databases of the config: where they are, and what may be changed.

    Addresses are shown without passwords. Nothing is connected. That the variable of another database than the default
    one is not set here is no error.
    """
    config = invocation.config()
    shown: list[ShownDatabase] = []
    problems: list[ReplyProblem] = []
    asked = invocation.name or ("default" if len(config.databases) > 1 else next(iter(config.databases), None))
    for name in [invocation.name] if invocation.name else config.databases:
        try:
            one = invocation.database(name)
        except KitError as error:
            if name == asked or not isinstance(error, UnsetVariable):  # that of production is on no other machine
                problems.append(problem_of(error))
            if (said := config.databases.get(name)) is not None:
                shown.append(_unknown(name, said, config.folder, error))
            continue
        migrations = str(one.migrations.resolve())
        direct = None if one.direct_url == one.url else one.direct_shown
        shown.append(
            ShownDatabase(one.name, one.shown, one.origin, one.owned, one.protected, one.schema, migrations, direct)
        )
    found = ShownConfig(str(config.file), tuple(shown))
    code = ExitCode.ERROR if problems else ExitCode.DONE
    return Reply(found, show=_Shown(found) if shown else "", exit_code=code, problems=tuple(problems))


def _unknown(name: str, said: DatabaseConfig, folder: Path, error: KitError) -> ShownDatabase:
    """A database whose address cannot be told: what the file says of it."""
    origin = f"env:{error.variable}: not set" if isinstance(error, UnsetVariable) else None
    schema = (said.schema,) if isinstance(said.schema, str) else said.schema
    owned, protected = bool(said.owned), said.protected is not False
    return ShownDatabase(name, None, origin, owned, protected, schema, str((folder / said.migrations).resolve()))


class _Shown:
    """A table; on a narrow terminal a paragraph for each database."""

    def __init__(self, found: ShownConfig) -> None:
        self._found = found

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        from rich.table import Table

        if options.max_width >= 100:
            table = Table(*_HEADINGS, title=self._found.file)
            for each in self._found.databases:
                table.add_row(*_cells(each))
            yield table
            return
        yield self._found.file
        for each in self._found.databases:
            lines = Table.grid(padding=(0, 1))
            lines.add_column(no_wrap=True)
            lines.add_column(overflow="fold")
            for heading, cell in zip(_HEADINGS, _cells(each), strict=True):
                lines.add_row(f"  {heading}" if heading != "database" else heading, cell)
            yield lines


_HEADINGS: Final = ("database", "address", "from", "owned", "protected", "schema")


def _cells(each: ShownDatabase) -> tuple[str, ...]:
    words = ("yes" if each.owned else "no", "yes" if each.protected else "no")
    address = each.address or "?"
    if each.direct_url is not None:
        address += f"\nmigrations: {each.direct_url}"
    return (each.name, address, each.origin or "", *words, ", ".join(each.schema))
