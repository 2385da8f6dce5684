"""One call of a command: what was asked for, and what it works with."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from qb.errors.outcome import Failure, unwrap
from qb.kit.command.frame.env_files import env_files, with_env_files
from qb.kit.command.frame.progress import Steps, progress
from qb.kit.command.frame.screen import printed
from qb.kit.command.frame.telling_statements import telling_statements
from qb.kit.errors import InvalidConfig
from qb.kit.examination.way_errors import OtherDatabase, ServerTooOld, UnreachableDatabase

if TYPE_CHECKING:
    from qb.kit.config import Config
    from qb.kit.config_choice import ChosenDatabase
    from qb.model.schema import Schema
    from qb.run.database.database import Database


LOCK_PATIENCE: Final = 20.0
"""Seconds that a command which reads waits for a lock: a table that somebody has locked keeps views from being read."""


class ShadowPlace(NamedTuple):
    """Where schemas are looked at, as functions of the kit take it."""

    major: int | None
    """The version that the config says; not said, it is the server's, or the newest."""
    shadow: str | None
    cache: Path


class Invocation:
    """What commands are given first. Errors are raised; they are shown, and the command exits."""

    def __init__(self, stack: ExitStack, *, json: bool, database: str | None, config: Path | None) -> None:
        self.json: Final = json
        self.name: Final = database
        """What --database says."""
        self.file: Final = config
        """What --config says."""
        self._stack = stack
        self._outside: Mapping[str, str] = dict(os.environ)
        self._config: Config | None = None
        self._tells = False

    def config(self) -> Config:
        """The config: that of --config, else of the nearest pyproject.toml that has one."""
        from qb.kit.config_file import read_config

        if self._config is None:
            self._config = unwrap(read_config(self.file))
        return self._config

    def read_again(self) -> None:
        """The config is read anew when it is asked for next."""
        self._config = None

    def database(self, name: str | None = None) -> ChosenDatabase:
        """A database of the config: the named one, else that of --database, else the only one, or "default".

        What `.env` and `.env.NAME` beside the config say is in the environment from here on, to the end of the command:
        for libpq, and for modules that read it when they are imported.
        """
        from qb.kit.config_choice import choose, chosen_name
        from qb.kit.project_modules import importable

        config = self.config()
        which = chosen_name(config, name or self.name)
        files = env_files(config.folder, which)
        environ = with_env_files(self._outside, files)
        os.environ.clear()  # of what the files of another database say
        os.environ.update(environ)  # undone when the command ends
        named = tuple(map(str, files))
        self._stack.enter_context(importable(config.folder))  # as the schema's modules are, so are those of steps.py
        return unwrap(choose(config, which, environ=environ, env_files=named, environ_of=self._environ_of))

    def check_shadow(self, address: str) -> None:
        """Raises `Refused` where --shadow names the server of a database on which nothing may be tried out."""
        from qb.kit.config_choice import guarded_servers, refuse_shadow
        from qb.kit.config_file import read_config
        from qb.kit.errors import NoConfig
        from qb.run.server.url import conninfo

        found = read_config(self.file)
        if isinstance(found, Failure) and isinstance(found.failure(), NoConfig):
            return
        config = unwrap(found)
        refuse_shadow(conninfo(address), guarded_servers(config, self._environ_of), config, "--shadow")

    def check_target(self, address: str) -> None:
        """Raises `Refused` where what is made would be on the server of a database that is protected or not owned."""
        from qb.kit.config_choice import guarded_servers
        from qb.kit.errors import Refused
        from qb.run.server.url import conninfo, same_server

        for each in guarded_servers(self.config(), self._environ_of):
            if same_server(each.address, conninfo(address)):
                message = f"it is on the server of the database {each.name}, which is {each.why}: name another server"
                raise Refused(None, None, "--to", message)

    def _environ_of(self, name: str) -> Mapping[str, str]:
        return with_env_files(self._outside, env_files(self.config().folder, name))

    def shadow_of(self, database: ChosenDatabase | None) -> ShadowPlace:
        """Where schemas are looked at: as the config says, and with the cache of its folder; without a database on the
        embedded server, and without a config in the project of the current folder."""
        from qb.kit.config_file import read_config
        from qb.kit.shadow_server import cache_folder

        if database is not None:
            return ShadowPlace(database.major, database.shadow, cache_folder(database.config.folder))
        found = read_config(self.file)
        return ShadowPlace(None, None, cache_folder(None if isinstance(found, Failure) else found.unwrap().folder))

    def schema(self, database: ChosenDatabase) -> Schema:
        """The schema that the config names for a database. Its modules can be imported to the end of the command."""
        from qb.kit.config_file import ROOT
        from qb.kit.project_modules import importable
        from qb.kit.schema_module import load_schema

        if not database.schema:
            config, place = database.config, ".".join((*ROOT, database.name, "schema"))
            message = 'no module is named, and this needs the schema: say schema = ["shop.tables"] there'
            raise InvalidConfig(str(config.file), config.line(place), place, message)
        self._stack.enter_context(importable(database.config.folder))
        return unwrap(load_schema(database.schema, folder=database.config.folder, ours=database.ours))

    def modules_of(self, database: ChosenDatabase) -> None:
        """Have the modules of a database's project imported as Python imports them, to the end of the command."""
        from qb.kit.project_modules import importable

        self._stack.enter_context(importable(database.config.folder))

    def modules(self, names: Sequence[str], folder: Path) -> Schema:
        """The schema of modules that the command line names, which are found in a folder, too."""
        from qb.kit.project_modules import importable
        from qb.kit.schema_module import load_schema

        self._stack.enter_context(importable(folder))
        return unwrap(load_schema(names, folder=folder))

    def connect(self, database: ChosenDatabase, *, direct: bool = False, wait: float | None = None) -> Database:
        """The database itself; closed when the command ends. `direct` asks for the address without a pooler. A server
        that does not answer yet is waited for, so many seconds."""
        from qb.kit.config_choice import at_home
        from qb.kit.examination.way import leads_elsewhere
        from qb.run.server.url import whole_address

        called = f"database {database.name}"
        if database.verbose and not self._tells:
            self._tells = True
            self._stack.enter_context(telling_statements())
        if database.url is None:
            url = self._stack.enter_context(at_home(database)).url
            return self.open(url, called, database.shown, database.origin)
        if direct and database.direct_url is not None and database.direct_url != database.url:
            origin = f"direct_url, {database.direct_origin}"
            db = self.open(database.direct_url, called, database.direct_shown, origin, wait)
            if leads_elsewhere(db, whole_address(database.url, os.environ)):
                look = f"qb doctor --database {shlex.quote(database.name)}"
                raise OtherDatabase(called, database.shown, database.direct_shown, look)
            return db
        return self.open(database.url, called, database.shown, database.origin, wait)

    def open(self, url: str, called: str, shown: str, origin: str = "", wait: float | None = None) -> Database:
        """What is at an address; closed when the command ends. Raises `UnreachableDatabase` and `ServerTooOld`."""
        from qb.kit.examination.reaching import may_come, way_in, when_it_comes
        from qb.kit.examination.server import OLDEST, VERSION
        from qb.run.database.plain_connect import plain_connect
        from qb.run.server.url import whole_address

        whole = whole_address(url, os.environ)  # another database may have the environment when it connects once more
        db = self._stack.enter_context(plain_connect(whole, max_size=2, lock_timeout=LOCK_PATIENCE, unhurried=True))
        said = db.one(VERSION)
        if wait and isinstance(said, Failure) and may_come(said.failure()):
            if not self.json:
                printed(f"waiting for {called} ({shown}): {said.failure()}", sys.stderr)
            said = when_it_comes(lambda: db.one(VERSION), wait)
        if isinstance(said, Failure):
            error = said.failure()
            look = f"qb doctor --database {shlex.quote(called.removeprefix('database '))}"
            isready = f"pg_isready -d {shlex.quote(shown)}"
            fix = way_in(error, url) or (look if origin else isready)
            raise UnreachableDatabase(called, shown, origin, str(error), fix)
        number, version = said.unwrap()
        if number < OLDEST * 10_000:
            raise ServerTooOld(called, version, OLDEST)
        return db

    def progress(self, doing: str, total: int | None = None) -> AbstractContextManager[Steps]:
        """Show what is done, on a terminal, if it takes longer than a second."""
        return progress(doing, total)
