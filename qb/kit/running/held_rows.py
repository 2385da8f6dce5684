"""Whether what migrations lose holds rows in a database, as its names mean it there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from qb.errors.outcome import unwrap
from qb.kit.history.executed import executed
from qb.kit.history.statement_kinds import words_of
from qb.kit.history.statement_parts import is_word, name_from, name_parts, without_only, word_at
from qb.kit.running.hidden_rows import sees_all_rows
from qb.kit.running.keeping.dropping import created_table
from qb.kit.sql_file import SqlFileError, split
from qb.query.raw import sql
from qb.run.database.db import Db
from qb.tree.lexemes import Lexeme, lexemes
from qb.types.identifier import quoted, unquoted
from qb.types.trusted import trusted

_OF_TABLES: Final = ("drop-table", "truncate", "delete", "update")
OF_COLUMNS: Final = ("drop-column", "retype", "narrow")
_PATH: Final = ("SEARCH_PATH", "SCHEMA", "ROLE", "AUTHORIZATION")
_WITH_SCHEMA: Final = 2


class HeldRows:
    """What some migrations that are to be run together mean by their names."""

    def __init__(self, db: Db, texts: Sequence[str]) -> None:
        self.db: Final = db
        self.elsewhere: Final = any(map(looks_elsewhere, texts))
        self.made: Final[set[str]] = set()
        self.moved: Final[set[str]] = set()
        """What something else is called by then, or holds rows of others by then."""
        for each in texts:
            for statement in _statements(each):
                if (made := created_table(statement)) is not None:
                    self.made.add(made.parts[-1])
                said = [lexeme for lexeme in lexemes(statement) if lexeme.said]
                self.moved.update(name for inner in executed(said) for name in _moved(inner))

    def holds(self, loss: str) -> bool:
        """Whether there are any. Where that cannot be told there are."""
        kind, _, what = loss.partition(":")
        parts = list(name_parts(what))
        column = parts.pop() if kind in OF_COLUMNS and len(parts) > 1 else None
        if kind not in (*_OF_TABLES, *OF_COLUMNS) or not 1 <= len(parts) <= _WITH_SCHEMA:
            return True
        if self.moved.intersection((*parts, column or "")):
            return True
        found = self._meant(parts)
        if not found:
            return parts[-1] not in self.made
        return any(self._any(table, column) for table in found)

    def _meant(self, parts: Sequence[str]) -> Sequence[str]:
        """The tables that a name may mean, as SQL; without a schema behind another search_path all of that name."""
        if len(parts) == 1 and self.elsewhere:
            named = sql(
                "SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) FROM pg_catalog.pg_class c "
                "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
                "WHERE c.relname = {name} AND c.relkind IN ('r', 'p', 'f', 'v', 'm')",
                name=parts[0],
            )
            return list(unwrap(self.db.all(named.rows(str))))
        table = ".".join(map(quoted, parts))
        there = sql("SELECT pg_catalog.to_regclass({t}) IS NOT NULL", t=table).rows(bool)
        return [table] if unwrap(self.db.scalar(there)) else []

    def _any(self, table: str, column: str | None) -> bool:
        condition = "" if column is None else f" WHERE {quoted(column)} IS NOT NULL"
        query = f"SELECT EXISTS (SELECT FROM {table}{condition})".replace("{", "{{").replace("}", "}}")
        with self.db.transaction(rollback=True) as tx:
            sees_all_rows(tx)
            return tx.scalar(sql(trusted(query)).rows(bool)).value_or(True)


def looks_elsewhere(text: str) -> bool:
    """Whether names may mean something else behind a statement of a text: another search_path, another role.

    >>> from qb.kit.running.held_rows import looks_elsewhere
    >>> looks_elsewhere("SET LOCAL search_path = app; DROP TABLE notes;"), looks_elsewhere("DROP TABLE app.notes;")
    (True, False)
    """
    for each in _statements(text):
        words = words_of(each)
        if words[:1] in (("SET",), ("RESET",)) and any(word.strip('"').upper() in _PATH for word in words[1:4]):
            return True
        if "SET_CONFIG" in words or '"set_config"' in words:
            return True
        if words[:1] in (("DO",), ("CALL",)) and any(name in each.upper() for name in (*_PATH, "SET_CONFIG")):
            return True
    return False


def _statements(text: str) -> Iterable[str]:
    try:
        return [each.text for each in split(text, connects=False)]
    except SqlFileError:
        return []  # which is told where it is cut


def _moved(said: Sequence[Lexeme]) -> Iterator[str]:
    if not is_word(said, 0, "ALTER"):
        return
    whole, _ = name_from(without_only(said[2:]))
    for place in range(2, len(said)):
        if is_word(said, place, "RENAME"):
            to = next((at for at in range(place, len(said)) if is_word(said, at, "TO")), len(said))
            yield from (unquoted(each.text) for each in said[to + 1 : to + 2])
        schema = is_word(said, place, "SET") and is_word(said, place + 1, "SCHEMA")
        if schema or word_at(said, place) in ("ATTACH", "INHERIT"):
            yield name_parts(whole)[-1]
        if is_word(said, place, "INHERIT"):
            yield name_parts(name_from(said[place + 1 :])[0])[-1]
