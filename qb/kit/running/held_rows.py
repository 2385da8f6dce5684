"""Whether what migrations lose holds rows in a database, as its names mean it there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from qb.errors.outcome import unwrap
from qb.kit.hidden_rows import sees_all_rows
from qb.kit.history.executed import block_body, executed
from qb.kit.history.statement_kinds import words_of
from qb.kit.history.statement_parts import is_word, name_from, name_parts, without_only, word_at
from qb.kit.running.cascading import cascading_drop, goes_with
from qb.kit.running.keeping.dropping import created_table
from qb.query.raw import sql
from qb.run.database.db import Db
from qb.tree.lexemes import Lexeme, lexemes
from qb.types.identifier import quoted, unquoted
from qb.types.trusted import trusted

_OF_TABLES: Final = ("drop-table", "truncate", "delete", "update")
_OF_COLUMNS: Final = ("drop-column", "retype", "narrow")
OF_COLUMNS: Final = (*_OF_COLUMNS, "drop-identity", "restart-identity")
"""What has the name of a table and of its column."""
_PATH: Final = ("SEARCH_PATH", "SCHEMA", "ROLE", "AUTHORIZATION")
_SETS: Final = ("SET", "RESET", "LOCAL", "SESSION")
_WITH_SCHEMA: Final = 2


class HeldRows:
    """What some migrations that are to be run together mean by their names."""

    def __init__(self, db: Db, statements: Sequence[str], before: Sequence[str] = ()) -> None:
        self.db: Final = db
        self.elsewhere: Final = looks_elsewhere(statements)
        self.made: Final[set[str]] = set()
        self.moved: Final[set[str]] = set()
        """What something else is called by then, or holds rows of others by then."""
        self.named: Final[set[str]] = set()
        """All names in what is run by then, which may be something else there."""
        self._move(before)  # which was asked for by itself
        for each in before:
            self.named.update(unquoted(one.text) for one in lexemes(each) if one.kind in ("word", "name"))
        self._move(statements)
        for each in statements:
            if (made := created_table(each)) is not None:
                self.made.add(made.parts[-1])

    def _move(self, statements: Iterable[str]) -> None:
        for each in statements:
            said = [lexeme for lexeme in lexemes(each) if lexeme.said]
            self.moved.update(name for inner in executed(said) for name in _moved(inner))

    def holds(self, loss: str, statement: str = "") -> bool:
        """Whether there are any. Where that cannot be told there are. A statement may drop columns of other tables."""
        kind, _, what = loss.partition(":")
        parts = list(name_parts(what))
        column = parts.pop() if kind in _OF_COLUMNS and len(parts) > 1 else None
        if kind not in (*_OF_TABLES, *_OF_COLUMNS) or not 1 <= len(parts) <= _WITH_SCHEMA:
            return True
        if self.moved.intersection((*parts, column or "")):
            return True
        found = self._meant(parts)
        if not found:
            return parts[-1] not in self.made
        if kind == "drop-table" and words_of(statement)[-1:] == ("CASCADE",) and self._goes("TABLE", found):
            return True
        return any(self._any(table, column) for table in found)

    def takes(self, statement: str) -> bool:
        """Whether columns or tables go by CASCADE. Where that cannot be told they do."""
        drop = cascading_drop(statement)
        if drop is None or self.elsewhere or any(self.named.intersection(name_parts(each)) for each in drop.names):
            return True
        return self._goes(drop.kind, drop.names)

    def _goes(self, kind: str, names: Sequence[str]) -> bool:
        return unwrap(self.db.scalar(goes_with(kind, names).rows(bool)))

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


def looks_elsewhere(statements: Iterable[str]) -> bool:
    """Whether names may mean something else behind one of some statements: another search_path, another role.

    >>> from qb.kit.running.held_rows import looks_elsewhere
    >>> looks_elsewhere(["SET LOCAL search_path = app", "DROP TABLE notes"]), looks_elsewhere(["DROP TABLE app.notes"])
    (True, False)
    """
    for each in statements:
        words = words_of(each)
        if words[:1] in (("SET",), ("RESET",)) and any(word.strip('"').upper() in _PATH for word in words[1:4]):
            return True
        if "SET_CONFIG" in words or '"set_config"' in words:
            return True
        if words[:1] in (("DO",), ("CALL",)) and _within(each):
            return True
    return False


def _within(statement: str) -> bool:
    """The same of a block, which says it itself, or in a text that it may run."""
    body = block_body([each for each in lexemes(statement) if each.said])
    if body is None:
        return _names_path(statement)
    runs = any(word_at(body, place) == "EXECUTE" for place in range(len(body)))
    for place, each in enumerate(body):
        if each.kind == "text":
            if runs and _names_path(each.text):
                return True
        elif each.text.strip('"').upper() == "SET_CONFIG":
            said = [one.text for one in body[place + 1 : place + 4]]
            if said[::2] != ["(", ","] or said[1][:1] != "'" or _names_path(said[1]):  # or nobody knows what it sets
                return True
        elif each.text.strip('"').upper() in _PATH and any(
            word_at(body, at) in _SETS for at in range(max(place - 2, 0), place)
        ):
            return True
    return False


def _names_path(text: str) -> bool:
    return any(name in text.upper() for name in (*_PATH, "SET_CONFIG"))


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
