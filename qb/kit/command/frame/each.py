"""The databases of a resolver, which a command runs over one after another."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Protocol, TypeAlias, TypeVar
from urllib.parse import quote

import typer
from msgspec.structs import replace

from qb.errors.outcome import Failure
from qb.kit.command.frame.reply import Reply, exit_code_of, problem_of
from qb.kit.command.frame.screen import printed
from qb.kit.errors import InvalidConfig, KitError
from qb.kit.exit_code import ExitCode

if TYPE_CHECKING:
    from collections.abc import Callable

    from qb.errors import DbError
    from qb.errors.outcome import Success
    from qb.kit.command.frame.invocation import Invocation
    from qb.kit.config_choice import ChosenDatabase
    from qb.kit.running.backups import Backups
    from qb.kit.running.rules import MigrationRules
    from qb.kit.running.run_refusal import RunRefusal


class DoneOrPlanned(Protocol):
    """What comes of one database."""

    @property
    def exit_code(self) -> ExitCode: ...
    @property
    def refused(self) -> tuple[RunRefusal, ...]: ...


T = TypeVar("T", bound=DoneOrPlanned)

Each: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--each",
        metavar="MODULE:FUNCTION",
        help="Each database of a mapping from keys to addresses, or of what gives one; without a name that which each "
        "in the config names.",
    ),
]
Org: TypeAlias = Annotated[str | None, typer.Option("--org", metavar="KEY", help="Of --each this one alone.")]
EACH: Final = "--each"


def with_each_said(given: Sequence[str]) -> list[str]:
    """A command line in which `--each` without a name says an empty one: typer's options have a value or are flags.

    >>> from qb.kit.command.frame.each import with_each_said
    >>> with_each_said(["migrate", "--each", "--dry-run"])
    ['migrate', '--each=', '--dry-run']
    """
    pairs = zip(given, [*given, "--"][1:], strict=True)
    return [f"{EACH}=" if one == EACH and other.startswith("-") else one for one, other in pairs]


class UnknownDatabases(KitError):
    """What --each names is no mapping of databases."""

    code = "unknown-databases"

    def __init__(self, said: str, message: str) -> None:
        super().__init__()
        self.said = said
        self.message = message

    def __str__(self) -> str:
        return f"each {self.said}: {self.message}"


def rules_of_each(database: ChosenDatabase, addresses: Mapping[str, str], rules: MigrationRules) -> MigrationRules:
    """What may be done to all of these: where some are elsewhere, whose they are is said, and not guessed from where
    the config's own one is."""
    from qb.run.server.url import is_readable, stays_here

    if all(map(stays_here, filter(is_readable, addresses.values()))):  # others lead nowhere, which is told of them
        return rules
    said = database.config.databases[database.name]
    guarded = rules.protected if said.protected is not None else True
    return replace(rules, owned=rules.owned and said.owned is True, protected=guarded)


def beginning(invocation: Invocation) -> Callable[[str], None]:
    """Says on stderr which one is at; nothing where programs read."""
    return lambda key: None if invocation.json else printed(f"-- {key}", sys.stderr)


def backups_of_each(folder: Path | None, database: ChosenDatabase, keep: int) -> Callable[[str, str], Backups | None]:
    """A folder for each key: what is kept of one is not taken for that of another."""
    from qb.kit.running.backups import Backups

    def backups(key: str, address: str) -> Backups | None:
        if folder is None:
            return None
        own = folder / quote(key, safe="").replace(".", "%2E")
        return Backups(folder=own, address=address, name=database.name, keep=keep)

    return backups


def reply_of_each(
    done: Mapping[str, Success[T] | Failure[KitError | DbError, T]], show: Callable[[T], str], last: str
) -> Reply[dict[str, T | None]]:
    """What became of each, those that failed with their errors; the exit code is that of the worst."""
    failed = {key: outcome.failure() for key, outcome in done.items() if isinstance(outcome, Failure)}
    good = {key: outcome.unwrap() for key, outcome in done.items() if key not in failed}
    found = ((key, problem_of(error)) for key, error in failed.items())
    problems = tuple(replace(one, object=key, message=f"{key}: {one.message}") for key, one in found)
    codes = [
        *map(exit_code_of, failed.values()),
        *(getattr(each, "exit_code", ExitCode.DONE) for each in good.values()),
    ]
    lines = [*(f"{key}: {show(each)}" for key, each in good.items()), last]
    data = {key: good.get(key) for key in done}
    return Reply(data, show="\n".join(lines), exit_code=max(codes, default=ExitCode.DONE), problems=tuple(problems))


def addresses_of(
    invocation: Invocation, database: ChosenDatabase, each: str | None, org: str | None
) -> dict[str, str] | None:
    """The addresses by their keys; None where one database is meant. Raises `UnknownDatabases`."""
    if each is None and org is None:
        return None
    said = each or database.each
    if said is None:
        config, place = database.config, f"tool.qb.databases.{database.name}.each"
        message = 'nothing is named: say each = "shop.tenants:addresses" there, or --each shop.tenants:addresses'
        raise InvalidConfig(str(config.file), config.line(place), place, message)
    module, colon, name = said.partition(":")
    if not (module and colon and name):
        raise UnknownDatabases(said, "say it as shop.tenants:addresses")
    invocation.modules_of(database)
    try:
        found: Any = getattr(import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise UnknownDatabases(said, str(error)) from None
    given: Any = found() if callable(found) else found
    if not isinstance(given, Mapping):
        raise UnknownDatabases(said, f"it is a {type(given).__name__}, and no mapping from keys to addresses")
    addresses = {str(key): str(address) for key, address in given.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    if org is None:
        return addresses
    if org not in addresses:
        raise UnknownDatabases(said, f"there is no {org} among {len(addresses)} databases")
    return {org: addresses[org]}
