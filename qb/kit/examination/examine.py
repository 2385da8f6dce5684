"""`doctor`: everything looked at, one after another."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from contextlib import ExitStack

from qb.errors import DbError, DefinitionError
from qb.errors.outcome import Failure
from qb.kit.config_choice import ChosenDatabase, at_home
from qb.kit.examination.diagnosis import Diagnosis, attempted, bad, doubtful, good, unexamined
from qb.kit.examination.locks import locks
from qb.kit.examination.migrators import migrators
from qb.kit.examination.needed_extensions import extensions, not_on_server, of_embedded
from qb.kit.examination.reaching import way_in
from qb.kit.examination.rights import rights
from qb.kit.examination.server import Server, server_of, settings_in_the_way, version
from qb.kit.examination.way import way
from qb.kit.schema_module import load_schema
from qb.model.schema import Schema
from qb.model.target import NEWEST
from qb.run.database.connect import connect
from qb.run.database.db import Db
from qb.run.server.url import has_password, redact
from qb.types.identifier import quoted


def doctor(database: ChosenDatabase) -> tuple[Diagnosis, ...]:
    """Look whether a database can be worked with: its config, the modules that describe it, the address, the server's
    version and settings, a pooler in between, extensions, rights, other migrators, locks, and the server on which
    schemas are looked at.

    Nothing is changed. Whatever is in the way is a `Diagnosis`, with what mends it, a folder that cannot be written
    and an address that nobody answers at among it; it never fails.

    >>> from qb.kit import choose, doctor
    >>> from qb.kit.config_file import config_of
    >>> text = '[tool.qb.databases.shop]\\nurl = "postgresql://127.0.0.1:1/shop"\\nschema = "tables.promptliano"'
    >>> for each in doctor(choose(config_of(text, "pyproject.toml")).unwrap()):
    ...     print(each.check, each.level)
    config ok
    schema ok
    address problem
    """
    return tuple(_findings(database))


def _findings(database: ChosenDatabase) -> Iterator[Diagnosis]:
    yield from _config(database)
    wanted: Schema | None = None
    if database.schema:
        match load_schema(database.schema, folder=database.config.folder, ours=database.ours):
            case Failure(error):
                yield unexamined("schema", error)
            case found:
                wanted = found.unwrap()
                count = len(wanted.tables)
                yield good("schema", f"{count} table{'s' * (count != 1)} in {', '.join(database.schema)}")
    else:
        yield doubtful("schema", "no module says what it should hold", 'schema = ["shop.tables"]')
    with ExitStack() as stack:
        try:
            url = stack.enter_context(at_home(database)).url if database.url is None else database.url
            db = stack.enter_context(connect(url, max_size=1))
            server = server_of(db)
        except (DbError, ImportError, RuntimeError, OSError, DefinitionError) as error:
            yield bad("address", f"{database.shown}: {error}", _to_reach(database, error))
            return
        origin = "" if database.url is None else f" (from {database.origin})"
        where = f" at {redact(url)}" if database.url is None else ""
        yield good("address", f"{database.shown} answers{where}{origin}")
        yield from _of_server(database, db, server, wanted)


def _to_reach(database: ChosenDatabase, error: Exception) -> str | None:
    if isinstance(error, ImportError):
        return 'pip install "qb[embedded]"'
    if isinstance(error, DbError) and database.url is not None and (found := way_in(error, database.url)) is not None:
        return found
    return None if database.url is None else f"pg_isready -d {shlex.quote(database.shown)}"


def _config(database: ChosenDatabase) -> Iterator[Diagnosis]:
    file = str(database.config.file)
    said = database.config.databases[database.name]
    whose = "" if database.name == "default" else re.sub(r"\W+", "_", database.name.upper(), flags=re.ASCII)
    for key, written, address in (
        ("url", said.url, database.url),
        ("direct_url", said.direct_url, database.direct_url),
        ("shadow", said.shadow, database.shadow),
    ):
        if written is not None and not written.startswith("env:") and address is not None and has_password(address):
            message = f"{key} has its password in {file}, for everybody to read: put it into a variable"
            what = {"url": "" if whose else "DATABASE", "direct_url": "DIRECT", "shadow": "SHADOW"}[key]
            yield doubtful("config", message, f'{key} = "env:{"_".join(filter(None, (whose, what, "URL")))}"')
    words = "owned" if database.owned else "not owned (nothing is changed there)"
    yield good("config", f"{file}: {database.name}, {words}{', protected' if database.protected else ''}")


def _of_server(database: ChosenDatabase, db: Db, server: Server, wanted: Schema | None) -> Iterator[Diagnosis]:
    yield from version(server, database)
    yield from attempted("pooler", lambda: way(db, database))
    yield from attempted(
        "settings", lambda: list(settings_in_the_way(db, server, database)) or [good("settings", "as they should be")]
    )
    if wanted is not None:
        yield from attempted("extensions", lambda: extensions(db, wanted))
    yield from attempted("rights", lambda: rights(db, server, database, wanted))
    yield from attempted("migrators", lambda: migrators(db, database))
    yield from attempted("locks", lambda: locks(db, server))
    yield from attempted("shadow", lambda: _shadow(database, server, wanted))


def _shadow(database: ChosenDatabase, server: Server, wanted: Schema | None) -> Iterator[Diagnosis]:
    if database.shadow is None:
        yield of_embedded(wanted, database.major or server.major or NEWEST)
        return
    with connect(database.shadow, max_size=1) as db:
        there = server_of(db)
        if not (there.creates_databases or there.superuser):
            message = f"{quoted(there.role)} may create no database on the shadow {redact(database.shadow)}"
            yield bad("shadow", message, f"ALTER ROLE {quoted(there.role)} CREATEDB;")
        elif wanted is not None and (missing := not_on_server(db, wanted)):
            yield bad("shadow", f"the shadow {redact(database.shadow)} lacks {', '.join(missing)}: install them there")
        else:
            yield good("shadow", f"schemas are looked at on {redact(database.shadow)}")
