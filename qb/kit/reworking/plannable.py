"""Whether migrations can be written anew from the catalogs before and behind them: what they do to rows is in neither.

Statements that are known to make, change and drop objects and to leave rows as they are, are listed. All else is text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from qb.kit.history.executed import cascades, executed
from qb.kit.history.losses import losses
from qb.kit.history.migration import Migration
from qb.kit.history.statement_kinds import words_of
from qb.kit.history.statement_parts import actions_of, is_word, name_from, name_parts, without_only, word_at
from qb.kit.sql_file import split
from qb.tree.lexemes import Lexeme, lexemes
from qb.types.identifier import unquoted

_UPKEEP: Final = ("VACUUM", "ANALYZE", "ANALYSE", "REINDEX", "CHECKPOINT", "COMMENT")
_BOUNDS: Final = ("BEGIN", "START", "COMMIT", "END")
_BETWEEN: Final = ("OR", "REPLACE", "UNIQUE", "UNLOGGED", "RECURSIVE", "CONSTRAINT", "TRUSTED")
_KINDS: Final = (
    *("TABLE", "INDEX", "VIEW", "MATERIALIZED", "SEQUENCE", "TYPE", "DOMAIN", "FUNCTION", "PROCEDURE", "AGGREGATE"),
    *("TRIGGER", "POLICY", "RULE", "SCHEMA", "EXTENSION", "COLLATION", "STATISTICS"),
)
_SETTINGS: Final = ("LOCK_TIMEOUT", "STATEMENT_TIMEOUT", "CLIENT_MIN_MESSAGES", "CHECK_FUNCTION_BODIES")
"""What a migration may SET that means nothing for what it makes."""
_CONSTRAINTS: Final = ("CONSTRAINT", "CHECK", "UNIQUE", "PRIMARY", "FOREIGN", "EXCLUDE")
_FILLING: Final = (
    "DEFAULT",
    "GENERATED",
    "IDENTITY",
    "SERIAL",
    "BIGSERIAL",
    "SMALLSERIAL",
    "SERIAL2",
    "SERIAL4",
    "SERIAL8",
)
_OF_COLUMN: Final = (
    ("SET", "NOT"),
    ("DROP", "NOT"),
    ("DROP", "DEFAULT"),
    ("SET", "DEFAULT"),
    ("SET", "STATISTICS"),
    ("SET", "STORAGE"),
    ("SET", "COMPRESSION"),
)
_OF_TABLE: Final = ("VALIDATE", "ENABLE", "DISABLE", "FORCE", "NO", "OWNER", "REPLICA", "CLUSTER")
_TABLE_CHANGES: Final = ("SET", "RESET")


def plannable(chosen: Sequence[Migration], *, rows: bool) -> bool:
    """Whether a plan between the catalogs does to rows what the migrations do: nothing. `rows` says whether there may
    be any before them. Raises `SqlFileError` where a text cannot be cut.

    >>> from qb.kit.history.migration import Migration
    >>> from qb.kit.reworking.plannable import plannable
    >>> adds = Migration(id="0002_a", up="ALTER TABLE notes ADD a int;")
    >>> renames = Migration(id="0003_b", up="ALTER TABLE notes RENAME text TO b;")
    >>> plannable([adds], rows=True), plannable([adds, renames], rows=True), plannable([renames], rows=False)
    (True, False, True)
    """
    seen = _Seen(rows)
    return all(
        seen.known(each.text) for one in chosen for each in split(one.up, one.file or one.id, connects=False)
    ) and not (rows and seen.elsewhere)


class _Seen:
    """What was made so far, in which no rows are."""

    def __init__(self, rows: bool) -> None:
        self.rows: Final = rows
        self.elsewhere = False
        self.made: Final[set[tuple[str, ...]]] = set()

    def known(self, text: str) -> bool:
        """Whether a statement leaves rows as they are."""
        said = [each for each in lexemes(text) if each.said]
        first = word_at(said, 0)
        if first in _UPKEEP or first in _BOUNDS:
            return True
        if first in ("SET", "RESET") or _is_config(said):
            self.elsewhere = self.elsewhere or not any(each in _SETTINGS for each in words_of(text))
            return True
        if first in ("GRANT", "REVOKE"):
            return any(is_word(said, place, "ON") for place in range(len(said)))
        if first not in ("CREATE", "ALTER", "DROP") or len(list(executed(said))) > 1 or cascades(said):
            return False
        place = next((at for at in range(1, len(said)) if word_at(said, at) not in _BETWEEN), len(said))
        kind = word_at(said, place)
        if kind not in _KINDS:
            return False
        if first == "CREATE":
            return self._created(kind, said[place + 1 :])
        if kind == "SEQUENCE" and any(is_word(said, at, "RESTART") for at in range(len(said))):
            return False
        if not self.rows:
            return True
        if first == "DROP":
            lost = [each.name.partition(":")[2] for each in losses(text)]
            return all(_table(name_parts(each)) in self.made for each in lost)
        return self._altered(kind, said[2:])

    def _created(self, kind: str, said: Sequence[Lexeme]) -> bool:
        if kind in ("TABLE", "TYPE", "SEQUENCE", "DOMAIN") and not is_word(said, 0, "IF"):
            self.made.add(_table(name_parts(name_from(said)[0])))
        return True

    def _altered(self, kind: str, said: Sequence[Lexeme]) -> bool:
        name, rest = name_from(without_only(said))
        table = _table(name_parts(name))
        moved = is_word(rest, 0, "RENAME") or (is_word(rest, 0, "SET") and is_word(rest, 1, "SCHEMA"))
        if kind == "TYPE":
            return table in self.made or (is_word(rest, 0, "ADD") and word_at(rest, 1) in ("VALUE", "ATTRIBUTE"))
        if kind == "SCHEMA" and moved:
            return False
        if kind != "TABLE":
            return True
        if is_word(rest, 0, "RENAME"):
            return self._renamed(table, rest[1:])
        if table in self.made:
            return not moved  # as it is looked for by its name
        return all(self._action(table, each) for each in actions_of([each for each in rest if each.text != "*"]))

    def _renamed(self, table: tuple[str, ...], rest: Sequence[Lexeme]) -> bool:
        if is_word(rest, 0, "CONSTRAINT"):
            return True
        if is_word(rest, 0, "TO"):
            new = unquoted(rest[1].text) if len(rest) > 1 else ""
            known = table in self.made
            self.made.add((*table[:-1], new) if known else ())
            return known
        rest = rest[1:] if is_word(rest, 0, "COLUMN") else rest
        names = [unquoted(each.text) for each in rest if each.kind in ("word", "name")]
        if table in self.made:
            return True
        known = (*table, names[0]) in self.made if names else False
        if known:
            self.made.add((*table, names[-1]))
        return known

    def _action(self, table: tuple[str, ...], action: Sequence[Lexeme]) -> bool:
        first, second = word_at(action, 0), word_at(action, 1)
        if first == "ADD":
            if second in _CONSTRAINTS:
                return True
            rest = without_column(action[1:])
            self.made.add((*table, unquoted(rest[0].text) if rest else ""))
            return not any(word_at(rest, place) in _FILLING for place in range(1, len(rest)))
        if first == "DROP":
            return second == "CONSTRAINT"
        if first == "ALTER":
            rest = action[2:] if second == "COLUMN" else action[1:]
            change = (word_at(rest, 1), word_at(rest, 2))
            new = bool(rest) and (*table, unquoted(rest[0].text)) in self.made
            return change in _OF_COLUMN and not (new and "DEFAULT" in change)
        return first in _OF_TABLE or (first in _TABLE_CHANGES and len(action) > 1 and action[1].text == "(")


def without_column(said: Sequence[Lexeme]) -> Sequence[Lexeme]:
    """What stands behind COLUMN and IF NOT EXISTS."""
    while word_at(said, 0) in ("COLUMN", "IF", "NOT", "EXISTS"):
        said = said[1:]
    return said


def _table(parts: Sequence[str]) -> tuple[str, ...]:
    return tuple(parts[1:]) if len(parts) > 1 and parts[0] == "public" else tuple(parts)


def _is_config(said: Sequence[Lexeme]) -> bool:
    texts = [each.text.upper() for each in said if each.kind != "text"]
    begins = texts[:2] == ["SELECT", "SET_CONFIG"] or texts[:4] == ["SELECT", "PG_CATALOG", ".", "SET_CONFIG"]
    return begins and texts.count("(") == 1 and texts[-1] == ")"
