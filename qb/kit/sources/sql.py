"""A file of SQL as a catalog: written by hand or by pg_dump, loaded on a shadow, read and rolled back. psql has no part
in it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from qb.errors import DbError, InvalidSql
from qb.errors.outcome import Failure, Outcome, Success
from qb.frozen import FrozenStruct
from qb.kit.catalog import Catalog
from qb.kit.errors import KitError, MissingExtensions, MissingRoles, UnreadableSql
from qb.kit.facts.base import Fact
from qb.kit.facts.view import ViewFact
from qb.kit.reader import introspect
from qb.kit.shadow import Canonical, on_shadow
from qb.kit.shadow_server import has_extensions, make_tablespace
from qb.kit.sql_file import FileStatement, SqlFileError, statements_of, without_word
from qb.model.target import NEWEST
from qb.query.raw import sql
from qb.query.script import Script
from qb.run.database.db import Db, Tx
from qb.types.identifier import quoted, unquoted
from qb.types.trusted import trusted

_TRANSACTION: Final = frozenset(("BEGIN", "COMMIT", "END", "START"))
"""What begins and ends the file's own transaction: it is loaded in one anyway."""
_UPKEEP: Final = frozenset(("VACUUM", "ANALYZE", "CHECKPOINT", "REINDEX", "CLUSTER", "COPY"))
"""What changes no object, COPY TO included: rows of COPY FROM are the file's data."""
_WHO: Final = (
    ("SET", "SESSION", "AUTHORIZATION"),
    ("RESET", "SESSION", "AUTHORIZATION"),
    ("SET", "ROLE"),
    *(("SET", how, *what) for how in ("LOCAL", "SESSION") for what in (("ROLE",), ("SESSION", "AUTHORIZATION"))),
    ("RESET", "ROLE"),
)
"""As whom the rest is done: whoever loads it may do all of it."""
_NO_WAY_BACK: Final = frozenset(("ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE"))
_DATABASE: Final = (
    *(("CREATE", "DATABASE"), ("ALTER", "DATABASE"), ("DROP", "DATABASE")),
    *(("COMMENT", "ON", "DATABASE"), ("SECURITY", "LABEL", "ON", "DATABASE")),
    *(("CREATE", "TABLESPACE"), ("ALTER", "TABLESPACE"), ("DROP", "TABLESPACE"), ("COMMENT", "ON", "TABLESPACE")),
)
"""What is about a database by its name, as the one that is read has another; and folders of a machine."""
_MAGIC: Final = b"PGDMP"
_DETACHED: Final = re.compile(r"\bDETACH\s+PARTITION\s+\S+\s+CONCURRENTLY\s*$", re.IGNORECASE)
_STAMPED: Final = re.compile(r"\bSET\s*\(([^()]*\bpg_attver\b[^()]*)\)\s*$", re.IGNORECASE)
_EXTENSION: Final = re.compile(
    r"CREATE\s+EXTENSION\s+(?:IF\s+NOT\s+EXISTS\s+)?(\"(?:[^\"]|\"\")+\"|\w+)", re.IGNORECASE
)
_ROLE: Final = re.compile(r'role "(.+)" does not exist')
_TABLESPACE: Final = re.compile(r'tablespace "(.+)" does not exist')
_TABLESPACE_SET: Final = re.compile(
    r"SET\s+default_tablespace\s*(?:=|TO)\s*(\"(?:[^\"]|\"\")+\"|'(?:[^']|'')+'|\w+)\s*$", re.IGNORECASE
)
_OF_ROLE: Final = re.compile(
    r"(?:CREATE|ALTER|DROP)\s+(?:ROLE|USER|GROUP)\s+(\"(?:[^\"]|\"\")+\"|[^\s;]+)", re.IGNORECASE
)
_ROLE_WORDS: Final = tuple((verb, kind) for verb in ("CREATE", "ALTER", "DROP") for kind in ("ROLE", "USER", "GROUP"))
_UNDEFINED: Final = frozenset(("42P01", "42704", "42883", "42703", "3F000"))
"""No such table, object, function, column, schema."""
_NEW_LABEL: Final = "55P04"
_QUOTED: Final = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"")
_TAKES: Final = frozenset(("DROP", "DETACH"))
_MAKES: Final = frozenset(
    ("ADD", "SET", "RENAME", "OWNER", "ATTACH", "TYPE", "ENABLE", "DISABLE", "VALIDATE", "FORCE", "INHERIT")
)
_OF_DATABASE: Final = re.compile(r"\b(?:ON|IN)\s+DATABASE\b", re.IGNORECASE)
_PUBLIC: Final = re.compile(r"\bSCHEMA\s+\"?public\"?\s*(?:$|;|AUTHORIZATION\b)", re.IGNORECASE)
_IS_THERE: Final = "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = {name})"
_OURSELVES: Final = "postgres"
"""Who loads it on the embedded server."""
_WAYS: Final = "mend the file, or name another server to load it on with shadow=..."


def catalog_of_sql(
    file: Path | str, *, major: int = NEWEST, shadow: str | None = None, cache: Path | str | None = None
) -> Canonical:
    """The catalog of the database that a file of SQL makes, such as `pg_dump --schema-only` writes.

    It is loaded on a shadow (see `canonical`) in one transaction and rolled back. What the file says runs there with
    all rights, so load none whose author you would not let run a program. Left out are the rows of COPY, what is about
    a database by its name or has no part in what it is (VACUUM), as whom something is done, and what only takes away
    what is not there (`pg_dump --clean`); indexes are built without CONCURRENTLY. Roles that the file names are made on
    the embedded server, and have to be there on another one, where none is changed. Cached by content.
    Errors: `UnreadableSql` with the place in the file, `MissingExtensions`, `MissingRoles`, `NoShadow`.
    https://www.postgresql.org/docs/current/app-pgdump.html

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from qb.kit import catalog_of_sql
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "schema.sql")
    ...     _ = file.write_text("CREATE TABLE notes (id int PRIMARY KEY);")
    ...     found = catalog_of_sql(file).unwrap()
    >>> [str(each) for each in found if each.kind == "primary key"]
    ['primary key public.notes.notes_pkey']
    """
    path = Path(file)
    try:
        content = path.read_bytes()
    except OSError as error:
        return Failure(UnreadableSql(str(path), 1, 1, f"it cannot be read: {error.strerror}"))
    if content.startswith(_MAGIC):
        message = "this is pg_dump's own format: have pg_restore --file=schema.sql write it as SQL"
        return Failure(UnreadableSql(str(path), 1, 1, message))
    try:
        statements = statements_of(content, str(path))
        made = _OfFile(str(path), tuple(filter(None, map(_Filter(str(path)), statements))))
    except SqlFileError as error:
        return Failure(UnreadableSql(error.file, error.line, error.column, error.message))
    return on_shadow(made, major=major, shadow=shadow, cache=cache)


class _Filter(FrozenStruct):
    """What of a file is loaded."""

    file: str

    def __call__(self, each: FileStatement) -> FileStatement | None:
        """The statement as it is run; None where it is left out. Raises `SqlFileError`."""
        words = each.words
        first = words[0] if words else ""
        if each.data is not None or first in _TRANSACTION | _UPKEEP:
            return None
        if any(words[: len(begin)] == begin for begin in (*_DATABASE, *_WHO)):
            return None
        if first in _NO_WAY_BACK:
            message = f"{first} is not loaded: a file is loaded as a whole, so take it out"
            raise SqlFileError(self.file, each.line, each.column, message)
        on_index = first in ("CREATE", "DROP") and "INDEX" in words[:3] and "CONCURRENTLY" in words
        if on_index or _DETACHED.search(_QUOTED.sub("_", each.text)):
            return FileStatement(without_word(each.text, "CONCURRENTLY"), each.line, each.column)
        return _unstamped(each) if words[:2] == ("ALTER", "TABLE") else each


def _unstamped(each: FileStatement) -> FileStatement | None:
    """A statement without the stamps that Debian's 15.20 writes into columns, and no server takes."""
    if (found := _STAMPED.search(each.text)) is None:
        return each
    options = [option for option in found[1].split(",") if not option.strip().startswith("pg_attver")]
    text = f"{each.text[: found.start()]}SET ({','.join(options)})"
    return FileStatement(text, each.line, each.column) if options else None


class _OfFile(FrozenStruct):
    """What the statements of a file make."""

    file: str
    statements: tuple[FileStatement, ...]

    @property
    def roles(self) -> frozenset[str]:
        return frozenset()  # which the server itself tells, one by one

    def script(self, major: int) -> str:
        return "\0".join(("a file of SQL", *(each.text for each in self.statements)))

    def read(self, db: Db, major: int, server: str, *, own: bool) -> Canonical:
        try:
            has_extensions(db, self._extensions(), server)
            with db.transaction(rollback=True) as tx:
                for each in self.statements:
                    if (error := self._run(db, tx, each, server, own)) is not None:
                        return Failure(error)
                return introspect(tx).map(_without_filling)
        except (DbError, MissingExtensions) as error:
            return Failure(error)

    def _extensions(self) -> set[str]:
        found = (_EXTENSION.match(each.text) for each in self.statements if each.words[:2] == ("CREATE", "EXTENSION"))
        return {unquoted(match[1]) for match in found if match is not None}

    def _run(self, db: Db, tx: Tx, each: FileStatement, server: str, own: bool) -> DbError | KitError | None:
        """Run a statement; a role that it lacks is made, where the server is thrown away."""
        if each.words[:2] in _ROLE_WORDS and each.words[2:3] != ("MAPPING",):
            role = _OF_ROLE.match(each.text[each.text.upper().find(each.words[0]) :])
            name = "" if role is None else unquoted(role[1])
            there = tx.raising.one(sql(_IS_THERE, name=name).rows(bool))
            if each.words[0] == "CREATE" and not there and not own:
                return MissingRoles((name,), server)
            if not own or (there and (each.words[0] == "CREATE" or name == _OURSELVES)):
                return None  # what a role may do is compared by nobody, and it is not ours to change
        made_spaces = set[str]()
        while True:
            outcome = _tried(tx, each.text)
            if isinstance(outcome, Success):
                return None
            error = outcome.failure()
            if error.sqlstate is None:
                return error  # no server spoke
            role = _ROLE.search(str(error)) if error.sqlstate == "42704" and not _only_takes(each) else None
            if role is not None and own:
                made = _tried(tx, f"CREATE ROLE {quoted(role[1])}")
                if isinstance(made, Failure):
                    return self._refused(each, made.failure())
                continue
            if role is not None:
                return MissingRoles((role[1],), server)
            if own and (space := _tablespace(each, error)) is not None and space not in made_spaces:
                made_spaces.add(space)
                make_tablespace(db, space)
                continue
            return None if _is_nothing(each, error) else self._refused(each, error)

    def _refused(self, each: FileStatement, error: DbError) -> UnreadableSql:
        line, column = each.line, each.column
        said = str(error)
        if isinstance(error, InvalidSql):
            said = error.message
            if error.position is not None:
                before = each.text[: error.position - 1]
                line += before.count("\n")
                column = len(before) - before.rfind("\n") if "\n" in before else column + len(before)
        way = _WAYS
        if _tablespace(each, error) is not None:
            way = "leave tablespaces out (pg_dump --no-tablespaces), or load it without shadow=..."
        elif error.sqlstate == _NEW_LABEL:
            way = "say the label in CREATE TYPE: within the one transaction of the file a new one cannot be used"
        return UnreadableSql(self.file, line, column, f"{said} ({error.sqlstate}): {way}")


def _tablespace(each: FileStatement, error: DbError) -> str | None:
    """The tablespace that a server lacks."""
    if error.sqlstate == "22023" and (found := _TABLESPACE_SET.match(each.text)) is not None:
        said = found[1]
        return said[1:-1].replace("''", "'") if said.startswith("'") else unquoted(said)
    found = _TABLESPACE.search(str(error)) if error.sqlstate == "42704" else None
    return None if found is None else found[1]


def _tried(tx: Tx, text: str) -> Outcome[int]:
    """A statement in a savepoint: where it fails the file goes on as before it."""
    return tx.transact(lambda inner: inner.run(Script(trusted(text))))


def _is_nothing(each: FileStatement, error: DbError) -> bool:
    """Whether it fails on a server that has it all the same: a setting of a newer one, the schema public, what is about
    a database by its name."""
    words = each.words
    setting = words[:1] == ("SET",) and error.sqlstate == "42704"
    public = words[:2] == ("CREATE", "SCHEMA") and error.sqlstate == "42P06" and _PUBLIC.search(each.text) is not None
    database = error.sqlstate == "3D000" and _OF_DATABASE.search(_QUOTED.sub("_", each.text)) is not None
    return setting or public or database or (error.sqlstate in _UNDEFINED and _only_takes(each))


def _only_takes(each: FileStatement) -> bool:
    """Whether a statement only takes away what may not be there, as those at the head of `pg_dump --clean` do."""
    if each.words[:1] == ("DROP",):
        return True
    words = set(re.findall(r"[A-Za-z_]+", _QUOTED.sub("", each.text).upper()))
    return each.words[:1] == ("ALTER",) and bool(words & _TAKES) and not words & _MAKES


def _without_filling(catalog: Catalog) -> Catalog:
    """A dump without rows leaves materialized views empty, which says nothing of them."""
    facts: dict[object, Fact] = {
        identity: replace(fact, populated=None) for identity, fact in catalog.of(ViewFact).items()
    }
    return Catalog({each: facts.get(each, fact) for each, fact in catalog.items()}, catalog.depends, catalog.version)
