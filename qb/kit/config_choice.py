"""One database of a config, as commands work with it: an address, paths, and who may change what."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import msgspec

from qb.errors import DefinitionError
from qb.errors.outcome import Failure, Success
from qb.kit.config import Config, DatabaseConfig, Migrator
from qb.kit.config_file import ROOT
from qb.kit.errors import InvalidConfig, KitError, Refused, UnknownDatabase, UnsetVariable
from qb.model.filter import Filter
from qb.run.server.url import conninfo, redact, same_server, stays_here

if TYPE_CHECKING:
    from qb.run.server.embedded import Embedded

_VARIABLE: Final = "env:"


class ChosenDatabase(msgspec.Struct, frozen=True, kw_only=True):
    """A database of a config, with nothing left to look up. It shows no password."""

    name: str
    config: Config
    url: str | None
    """Its address; None is the embedded server in the project's folder."""
    origin: str
    """Where the address is from: `env:NAME`, the config's file, or the folder of the embedded server."""
    direct_url: str | None
    """Where no pooler is in between; that of `url` unless the config says another."""
    direct_origin: str
    """Where that is from."""
    schema: tuple[str, ...]
    migrations: Path
    layout: Literal["folder", "flat"]
    prefix: Literal["timestamp", "index"]
    ours: Filter
    """Which objects of the database are ours: its schemas, include and exclude."""
    owned: bool
    """Whether it may be changed at all."""
    protected: bool
    """Whether changes have to be confirmed, and nothing is tried out there."""
    shadow: str | None
    """The address of the server on which schemas are looked at; None is the embedded one."""
    major: int | None
    custom_before: tuple[Path, ...]
    custom_after: tuple[Path, ...]
    seeds: tuple[str, ...]
    outputs: Mapping[str, Path]
    journal: str
    each: str | None
    """What names many databases for the same migrations."""
    coexist: tuple[Migrator, ...]
    strict: bool
    verbose: bool

    @property
    def shown(self) -> str:
        """Its address, to show."""
        return "the embedded server" if self.url is None else redact(self.url)

    @property
    def direct_shown(self) -> str:
        """The address without a pooler, to show."""
        return self.shown if self.direct_url is None else redact(self.direct_url)

    def __repr__(self) -> str:
        words = (self.shown, *(["not owned"] * (not self.owned)), *(["protected"] * self.protected))
        return f"<database {self.name}: {', '.join(words)}>"

    def __rich_repr__(self) -> list[tuple[str, str]]:
        return [("name", self.name), ("address", self.shown)]


def choose(
    config: Config,
    name: str | None = None,
    *,
    environ: Mapping[str, str] = os.environ,
    env_files: tuple[str, ...] = (),
    environ_of: Callable[[str], Mapping[str, str]] | None = None,
) -> Success[ChosenDatabase] | Failure[KitError, ChosenDatabase]:
    """A database of a config by its name; without one that called "default", or the only one.

    `environ` has the variables that addresses are taken from; `env_files` are the files that some of them come from,
    for the error; `environ_of` gives what another database of the config takes its address from, if that is not the
    same. Nothing is connected. Who may change it: see `owned` and `protected` of `DatabaseConfig`; where the config is
    silent only the embedded server and addresses of this machine are owned. A `shadow` on the server of a database that
    is protected or not owned is refused.
    Errors: `UnknownDatabase`, `UnsetVariable`, `InvalidConfig`, `Refused`.

    >>> from qb.kit import choose
    >>> from qb.kit.config_file import config_of
    >>> config = config_of('[tool.qb.databases.shop]\\nurl = "env:SHOP"', "/srv/pyproject.toml")
    >>> choose(config, environ={"SHOP": "postgresql://ada:secret@db.example.com/shop"})
    <Success: <database shop: postgresql://ada@db.example.com/shop, not owned, protected>>
    >>> choose(config, environ={"SHOP": "postgresql://ada:secret@localhost/shop"})
    <Success: <database shop: postgresql://ada@localhost/shop>>
    >>> choose(config, environ={})
    <Failure: /srv/pyproject.toml:2: tool.qb.databases.shop.url is env:SHOP, and SHOP is not set in the environment...>
    """
    try:
        addresses = _Addresses(config, environ, env_files)
        chosen = _chosen(config, chosen_name(config, name), addresses)
        if chosen.shadow is not None:
            place = (*ROOT, chosen.name, "shadow")
            guarded = guarded_servers(config, environ_of or (lambda _: environ))
            refuse_shadow(chosen.shadow, guarded, config, ".".join(place))
        return Success(chosen)
    except KitError as error:
        return Failure(error)


def chosen_name(config: Config, name: str | None) -> str:
    """Which database is meant. UnknownDatabase where that is none, or cannot be told."""
    known = tuple(config.databases)
    if name is None and len(known) == 1:
        return known[0]
    wanted = "default" if name is None else name
    if wanted not in known:
        raise UnknownDatabase(name, known, str(config.file))
    return wanted


def at_home(database: ChosenDatabase) -> Embedded:
    """The embedded server of a database that has no address: its data is in `.qb/postgres` beside the config."""
    from qb.run.server.embedded import embedded, project_folder

    return embedded(project_folder(database.config.folder) / "postgres")


class _Addresses:
    """Reads what a config says of addresses."""

    def __init__(self, config: Config, environ: Mapping[str, str], env_files: tuple[str, ...]) -> None:
        self.config = config
        self.environ = environ
        self.env_files = env_files

    def of(self, name: str, key: str, said: str) -> str:
        """The address, checked. An error shows nothing of it."""
        place = ".".join((*ROOT, name, key))
        line = self.config.line(place)
        text = said
        if said.startswith(_VARIABLE):
            variable = said.removeprefix(_VARIABLE)
            if not variable:
                raise InvalidConfig(str(self.config.file), line, place, "env: is followed by the name of a variable")
            found = self.environ.get(variable)
            if not found:
                raise UnsetVariable(variable, place, str(self.config.file), line, self.env_files)
            text = found
        try:
            return conninfo(text, environ={})
        except DefinitionError as error:
            raise InvalidConfig(str(self.config.file), line, place, str(error)) from None


def _chosen(config: Config, name: str, addresses: _Addresses) -> ChosenDatabase:
    said = config.databases[name]
    url, origin = _url(said, name, addresses)
    direct, direct_origin = _direct_url(said, name, addresses, url, origin)
    owned, protected = _rights(said, (url, direct), addresses)
    folder = config.folder
    return ChosenDatabase(
        name=name,
        config=config,
        url=url,
        origin=origin,
        direct_url=direct,
        direct_origin=direct_origin,
        schema=(said.schema,) if isinstance(said.schema, str) else said.schema,
        migrations=folder / said.migrations,
        layout=said.layout,
        prefix=said.prefix,
        ours=_ours(config, said, name),
        owned=owned,
        protected=protected,
        shadow=_shadow(said, name, addresses),
        major=said.major,
        custom_before=tuple(folder / each for each in said.custom.before),
        custom_after=tuple(folder / each for each in said.custom.after),
        seeds=said.seeds,
        outputs={key: folder / path for key, path in msgspec.structs.asdict(said.outputs).items() if path is not None},
        journal=said.journal,
        each=said.each,
        coexist=said.coexist,
        strict=said.strict,
        verbose=said.verbose,
    )


def _rights(said: DatabaseConfig, urls: Sequence[str | None], addresses: _Addresses) -> tuple[bool, bool]:
    """Whether a database is owned, and whether it is protected: migrations go to the direct address, so both count."""
    here = all(each is None or stays_here(each, addresses.environ) for each in urls)
    owned = here if said.owned is None else said.owned
    return owned, not (here and owned) if said.protected is None else said.protected


def _url(said: DatabaseConfig, name: str, addresses: _Addresses) -> tuple[str | None, str]:
    if said.url is not None:
        return addresses.of(name, "url", said.url), _origin(said.url, addresses)
    if addresses.environ.get("DATABASE_URL"):
        return addresses.of(name, "url", f"{_VARIABLE}DATABASE_URL"), f"{_VARIABLE}DATABASE_URL"
    return None, str(addresses.config.folder / ".qb" / "postgres")


def _origin(said: str, addresses: _Addresses) -> str:
    return said if said.startswith(_VARIABLE) else str(addresses.config.file)


def _direct_url(
    said: DatabaseConfig, name: str, addresses: _Addresses, url: str | None, origin: str
) -> tuple[str | None, str]:
    """The address that migrations go to, and where it is from. One beside the embedded server is a mistake: all else
    would be done there."""
    if said.direct_url is None:
        return url, origin
    if url is None:
        place = ".".join((*ROOT, name, "direct_url"))
        message = (
            "url is not said, and DATABASE_URL is not set, so that all but migrations would go to the embedded server: "
            "say url, too"
        )
        raise InvalidConfig(str(addresses.config.file), addresses.config.line(place), place, message)
    return addresses.of(name, "direct_url", said.direct_url), _origin(said.direct_url, addresses)


def _shadow(said: DatabaseConfig, name: str, addresses: _Addresses) -> str | None:
    return None if said.shadow == "auto" else addresses.of(name, "shadow", said.shadow)


class GuardedServer(NamedTuple):
    """A server on which nothing may be tried out."""

    name: str
    """The database of the config that is there."""
    why: str
    address: str


def guarded_servers(config: Config, environ_of: Callable[[str], Mapping[str, str]]) -> tuple[GuardedServer, ...]:
    """The servers of the databases that are protected or not owned, as far as their addresses are known."""
    found: list[GuardedServer] = []
    for name, said in config.databases.items():
        addresses = _Addresses(config, environ_of(name), ())
        known: list[str | None] = []
        with suppress(KitError):  # which is said where it is chosen
            known.append(_url(said, name, addresses)[0])
        if said.direct_url is not None:
            with suppress(KitError):
                known.append(addresses.of(name, "direct_url", said.direct_url))
        owned, protected = _rights(said, known, addresses)
        if not owned or protected:
            why = "not owned" if not owned else "protected"
            found += [GuardedServer(name, why, each) for each in dict.fromkeys(known) if each is not None]
    return tuple(found)


def refuse_shadow(shadow: str, guarded: Iterable[GuardedServer], config: Config, said: str) -> None:
    """Raises `Refused` for a shadow on a server where nothing may be tried out: scratch databases are made there.
    `said` is what names it: a key of the config, or an option."""
    for each in guarded:
        if same_server(each.address, shadow):
            file, line = (str(config.file), config.line(said)) if said.startswith("tool.") else (None, None)
            message = (
                f"it is on the server of the database {each.name}, which is {each.why}, and a shadow makes scratch "
                "databases: name another server, or none for the embedded one"
            )
            raise Refused(file, line, said, message)


def refuse_change(database: ChosenDatabase, what: str) -> None:
    """Raises `Refused` where a database is not owned: whatever changes one asks this first.

    >>> from qb.kit.config_file import config_of
    >>> config = config_of("[tool.qb.databases.shop]\\nowned = false", "/srv/pyproject.toml")
    >>> refuse_change(choose(config, environ={}).unwrap(), "no migration is run")
    Traceback (most recent call last):
    ...
    qb.kit.errors.Refused: /srv/pyproject.toml:2: tool.qb.databases.shop.owned: ...
    """
    if not database.owned:
        config, place = database.config, ".".join((*ROOT, database.name, "owned"))
        said = config.databases[database.name].owned
        why = "it is false" if said is False else "it is not said, and the server is not on this machine"
        message = f"{why}, so {what} on {database.shown}: owned = true says that the database is yours to change"
        raise Refused(str(config.file), config.line(place), place, message)


def refuse_unless_free(database: ChosenDatabase, what: str) -> None:
    """Raises `Refused` where a database is not owned, or protected: `what` is for one's own alone.

    >>> from qb.kit.config_file import config_of
    >>> config = config_of("[tool.qb.databases.shop]\\nprotected = true", "/srv/pyproject.toml")
    >>> refuse_unless_free(choose(config, environ={}).unwrap(), "qb push")
    Traceback (most recent call last):
    ...
    qb.kit.errors.Refused: /srv/pyproject.toml:2: tool.qb.databases.shop.protected: ...
    """
    refuse_change(database, f"{what} changes nothing")
    if database.protected:
        config, place = database.config, ".".join((*ROOT, database.name, "protected"))
        said = config.databases[database.name].protected
        why = "it is true" if said is True else "it is not said, and the server is not on this machine"
        message = f"{why}, so {what} changes nothing on {database.shown}: qb generate and qb migrate do, by migrations"
        raise Refused(str(config.file), config.line(place), place, message)


def _ours(config: Config, said: DatabaseConfig, name: str) -> Filter:
    if not (said.schemas or said.include or said.exclude):
        return Filter()
    from qb.declare.ours import matching  # which loads all that declares

    try:
        return matching(schemas=said.schemas, names=said.include, leave=said.exclude)
    except DefinitionError as error:
        place = ".".join((*ROOT, name))
        raise InvalidConfig(str(config.file), config.line(place), place, str(error)) from None
