"""What a statement says that means what PostgreSQL has by that name, unless a database has something of its own by it.

Functions, operators, casts, domains and views may be made by anybody, and run anything. A text does not say what a name
means: here is what to ask a database for.
https://www.postgresql.org/docs/current/typeconv.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from qb.frozen import FrozenStruct
from qb.kit.history.evaluated import closing, evaluated
from qb.kit.history.executed import QUERIES, block_body, executed, unknown_calls
from qb.kit.history.statement_parts import actions_of, is_word, name_from, name_parts, without_only, word_at
from qb.kit.sql_file import SqlFileError, split
from qb.render.effects import MEANT, operators_of
from qb.tree.lexemes import Lexeme, lexemes
from qb.types.identifier import unquoted

_ROUTINES: Final = ("FUNCTION", "PROCEDURE", "AGGREGATE", "ROUTINE")
_OF_TYPES: Final = ("SUBTYPE_DIFF", "CANONICAL", "INPUT")
"""Functions of a type."""
_BETWEEN: Final = ("OR", "REPLACE", "TEMP", "TEMPORARY", "RECURSIVE", "MATERIALIZED")


class Doubts(FrozenStruct):
    """Names that may mean something of the database's own."""

    calls: frozenset[str] = frozenset()
    """Functions, by the names of PostgreSQL's."""
    signs: frozenset[str] = frozenset()
    """Operators."""
    types: frozenset[str] = frozenset()
    """What may be a type: values are converted to it and checked."""
    relations: frozenset[str] = frozenset()
    """What may be a view that is read."""
    filled: frozenset[str] = frozenset()
    """Materialized views that are filled."""
    dotted: frozenset[str] = frozenset()
    """What stands behind a dot: a column, or a function of the row."""

    @property
    def some(self) -> bool:
        """Whether there are any."""
        return any((self.calls, self.signs, self.types, self.relations, self.filled, self.dotted))

    def with_(self, other: Doubts) -> Doubts:
        """Both."""
        return Doubts(
            self.calls | other.calls,
            self.signs | other.signs,
            self.types | other.types,
            self.relations | other.relations,
            self.filled | other.filled,
            self.dotted | other.dotted,
        )


_NONE: Final = Doubts()


def doubts(statement: str) -> Doubts:
    """What to ask a database for, of a statement that runs something.

    >>> from qb.kit.history.doubts import doubts
    >>> found = doubts("SELECT lower(name) || 'x' FROM notes")
    >>> sorted(found.calls), sorted(found.signs), "notes" in found.relations, doubts("DROP TABLE notes").some
    (['lower'], ['||'], True, False)
    """
    said = [each for each in lexemes(statement) if each.said]
    if is_word(said, 0, "REFRESH"):
        return Doubts(filled=_names(said[3:]))
    if is_word(said, 0, "DO"):
        body = block_body(said) or ()
        return _of(body, _names(body), _names(body))
    if _runs_query(said):
        if is_word(said, 0, "CREATE"):
            said = said[next((at for at in range(len(said)) if is_word(said, at, "AS")), 0) :]
        return _of(said, _names(said), _names(said))
    found = _NONE
    for each in evaluated(said):
        found = found.with_(_of(each, _names(each)))
    return found.with_(Doubts(types=frozenset(_converted(said))))


def own_names(texts: Iterable[str]) -> Doubts:
    """What some texts make themselves, and may do anything by the names that they give it.

    >>> from qb.kit.history.doubts import own_names
    >>> found = own_names(["CREATE FUNCTION lower(int) RETURNS int RETURN 1; CREATE VIEW v AS SELECT fill();"])
    >>> sorted(found.calls), sorted(found.relations)
    (['lower'], ['v'])
    """
    found = _NONE
    for text in texts:
        try:
            statements = [each.text for each in split(text, connects=False)]
        except SqlFileError:
            continue  # which is told where it is cut
        for each in statements:
            said = [one for one in lexemes(each) if one.said]
            for inner in executed(said):
                found = found.with_(_made(inner, found))
    return found


def _made(said: Sequence[Lexeme], known: Doubts) -> Doubts:
    first = word_at(said, 0)
    if first not in ("CREATE", "ALTER"):
        return _NONE
    place = 1
    while word_at(said, place) in _BETWEEN:
        place += 1
    kind, rest = word_at(said, place), _behind_if(said[place + 1 :])
    name = frozenset(name_parts(name_from(rest)[0])[-1:]) if rest else frozenset[str]()
    renamed = False
    if first == "ALTER":
        to = next((at for at in range(place, len(said)) if is_word(said, at, "TO")), len(said))
        renamed = is_word(said, to - 1, "RENAME") and to + 1 < len(said)
        name = frozenset([unquoted(said[to + 1].text)]) if renamed else name
    if kind in _ROUTINES:
        return Doubts(calls=name, dotted=name)
    if kind == "OPERATOR":
        return Doubts(signs=frozenset(one for each in rest if each.kind == "signs" for one in operators_of(each.text)))
    if kind == "CAST":
        return Doubts(types=_names(rest[1 : closing(rest, 0)]) - {"as"})
    changed = first == "ALTER"
    if kind == "TYPE" and (renamed if changed else any(word_at(rest, at) in _OF_TYPES for at in range(len(rest)))):
        return Doubts(types=name)
    if kind == "DOMAIN" and (renamed or _own_within(rest, ("CHECK", "DEFAULT"), known)):
        return Doubts(types=name)
    if kind == "VIEW" and (changed or _own_within(rest, ("AS",), known)):
        return Doubts(relations=name, filled=name)
    return _NONE


def _behind_if(said: Sequence[Lexeme]) -> Sequence[Lexeme]:
    while word_at(said, 0) in ("IF", "NOT", "EXISTS"):
        said = said[1:]
    return said


def _own_within(said: Sequence[Lexeme], words: Sequence[str], known: Doubts) -> bool:
    """Whether something of one's own stands behind one of some words."""
    place = next((at for at in range(len(said)) if word_at(said, at) in words), len(said))
    inner = [Lexeme("word", "SELECT"), *said[place + 1 :]]
    return any(unknown_calls(inner)) or any(clashes(_of(inner, _names(inner), _names(inner)), known))


def clashes(said: Doubts, own: Doubts) -> Iterator[str]:
    """What is said and is something of one's own."""
    yield from sorted(said.calls & own.calls)
    yield from sorted(said.signs & own.signs)
    yield from sorted((said.types & own.types) | (said.relations & own.relations) | (said.filled & own.filled))
    yield from sorted(said.dotted & own.dotted)


def _runs_query(said: Sequence[Lexeme]) -> bool:
    first = word_at(said, 0) or (said[0].text if said else "")
    if first in QUERIES or first in ("EXPLAIN", "PREPARE", "DECLARE", "COPY"):
        return True
    return first == "CREATE" and (len(list(executed(said))) > 1 or is_word(said, 1, "MATERIALIZED"))


def _of(said: Sequence[Lexeme], types: frozenset[str] = frozenset(), relations: frozenset[str] = frozenset()) -> Doubts:
    calls: set[str] = set()
    signs: set[str] = set()
    dotted: set[str] = set()
    for place, each in enumerate(said):
        behind_dot = place > 0 and said[place - 1].text == "."
        called = said[place + 1].text == "(" if place + 1 < len(said) else False
        if each.kind == "signs":
            signs.update(operators_of(each.text))
        elif each.kind in ("word", "name"):
            signs.update(MEANT.get(each.small, ()))
            name = unquoted(each.text)
            if called and not behind_dot:
                calls.add(name)
            elif behind_dot and not called:
                dotted.add(name)
    return Doubts(frozenset(calls), frozenset(signs), types, relations, frozenset(), frozenset(dotted))


def _names(said: Sequence[Lexeme]) -> frozenset[str]:
    return frozenset(unquoted(each.text) for each in said if each.kind in ("word", "name"))


def _converted(said: Sequence[Lexeme]) -> Iterator[str]:
    """What may be the types of columns that are added, or made of another type."""
    start = 2 + is_word(said, 1, "FOREIGN")
    if not (is_word(said, 0, "ALTER") and is_word(said, start - 1, "TABLE")):
        return
    for action in actions_of(name_from(without_only(said[start:]))[1]):
        retyped = any(is_word(action, at, "TYPE") for at in range(len(action)))
        if is_word(action, 0, "ADD") or (is_word(action, 0, "ALTER") and retyped):
            yield from _names(action)
