"""The databases of a resolver, which a command runs over one after another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeAlias

import typer

from qb.kit.errors import InvalidConfig, KitError

if TYPE_CHECKING:
    from qb.kit.command.frame.invocation import Invocation
    from qb.kit.config_choice import ChosenDatabase

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
