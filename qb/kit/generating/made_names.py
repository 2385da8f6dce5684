"""Which names statements give to what they make, by their words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from qb.frozen import FrozenStruct
from qb.kit.generating.replayed_statements import ReplayedSql
from qb.kit.history.executed import executed
from qb.kit.history.statement_parts import is_word, name_from, name_parts, word_at
from qb.model.object import Identity
from qb.tree.lexemes import Lexeme, lexemes
from qb.types.identifier import PUBLIC, unquoted

_BETWEEN: Final = (
    *("OR", "REPLACE", "UNLOGGED", "RECURSIVE", "MATERIALIZED", "FOREIGN", "TEMP", "TEMPORARY", "GLOBAL", "LOCAL"),
)
_KINDS: Final = (
    *("TABLE", "VIEW", "SEQUENCE", "TYPE", "DOMAIN", "FUNCTION", "PROCEDURE", "AGGREGATE", "SCHEMA", "COLLATION"),
)
_PATH_NAMED: Final = ("'search_path'", '"search_path"')
_IF_NOT_EXISTS: Final = ("IF", "NOT", "EXISTS")


class MadeNames(FrozenStruct):
    """Names as statements say them: with a schema, or without one."""

    relations: frozenset[tuple[str, ...]]
    """Of tables, views, types, functions and what else lives in a schema."""
    schemas: frozenset[str]
    path: frozenset[str]
    """The schemas that a name without one may be meant in."""

    def has(self, identity: Identity) -> bool:
        """Whether it is one of them, or a part of one."""
        if identity.kind == "schema":
            return identity.name in self.schemas
        name = identity.table or identity.name.partition("(")[0]
        alone = identity.schema in self.path and (name,) in self.relations
        return bool(identity.schema) and (alone or (identity.schema, name) in self.relations)


def made_names(found: Iterable[ReplayedSql]) -> MadeNames:
    """The names in all statements of a history; those that something is renamed to, too."""
    relations: set[tuple[str, ...]] = set()
    schemas: set[str] = set()
    path: set[str] = {PUBLIC}
    for segment in found:
        for statement in segment.statements:
            said = [each for each in lexemes(statement.text) if each.said]
            if any(each.small == "search_path" or each.text in _PATH_NAMED for each in said):
                path.update(unquoted(each.text.strip("'")) for each in said if each.kind in ("word", "name", "text"))
            for inner in executed(said):
                for kind, name in _made(inner):
                    if kind == "SCHEMA":
                        schemas.add(name[-1])
                    else:
                        relations.add(name[-2:])
    return MadeNames(frozenset(relations), frozenset(schemas), frozenset(path))


def _made(said: Sequence[Lexeme]) -> Iterator[tuple[str, tuple[str, ...]]]:
    if is_word(said, 0, "CREATE"):
        place = 1
        while word_at(said, place) in _BETWEEN:
            place += 1
        kind = word_at(said, place)
        while word_at(said, place + 1) in _IF_NOT_EXISTS:
            place += 1
        if kind in _KINDS and place + 1 < len(said) and not is_word(said, place + 1, "AUTHORIZATION"):
            yield kind, name_parts(name_from(said[place + 1 :])[0])
    elif is_word(said, 0, "ALTER"):
        for place in range(2, len(said) - 2):
            if is_word(said, place, "RENAME") and is_word(said, place + 1, "TO"):
                was = name_parts(name_from(said[2:])[0])
                yield word_at(said, 1), (*was[:-1], unquoted(said[place + 2].text))
            elif is_word(said, place, "SET") and is_word(said, place + 1, "SCHEMA"):
                name = name_parts(name_from(said[2:])[0])
                yield word_at(said, 1), (unquoted(said[place + 2].text), name[-1])
