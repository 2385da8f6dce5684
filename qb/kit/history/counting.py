"""Which sequences a statement sets back: numbers that were given would be given again.

https://www.postgresql.org/docs/current/functions-sequence.html
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from qb.kit.history.evaluated import closing
from qb.kit.history.statement_parts import is_word, name_from, without_only, word_at
from qb.tree.lexemes import Lexeme, lexemes
from qb.types.identifier import unquoted

_FORWARD: Final = ("SETVAL", "MAX", "GREATEST", "COALESCE", "PG_GET_SERIAL_SEQUENCE", "SELECT", "AS", "PERFORM")
"""What may stand before a parenthesis where a sequence goes on behind the greatest number that is there."""
_BETWEEN: Final = ("UNLOGGED", "TEMP", "TEMPORARY", "LOCAL", "GLOBAL")
_PART: Final = (
    *("WHERE", "GROUP", "HAVING", "LIMIT", "OFFSET", "FETCH", "UNION", "INTERSECT", "EXCEPT", "FILTER", "OVER"),
    *("JOIN", "ORDER", "TABLESAMPLE", "DISTINCT", "CASE"),
)
"""With these it need not be the greatest."""


def restarted(said: Sequence[Lexeme]) -> Iterator[str]:
    """What of it may be lost, as `--allow` takes it. To go on behind the greatest number of a table is none.

    >>> from qb.tree.lexemes import lexemes
    >>> texts = ["SELECT setval('s', 1)", "SELECT setval('s', max(id)) FROM t", "ALTER SEQUENCE s RESTART"]
    >>> [list(restarted([each for each in lexemes(one) if each.said])) for one in texts]
    [['restart-sequence:s'], [], ['restart-sequence:s']]
    """
    if is_word(said, 0, "ALTER"):
        if is_word(said, 1, "SEQUENCE"):
            name, rest = name_from(without_only(said[2:]))
            if any(is_word(rest, place, "RESTART") for place in range(len(rest))):
                yield f"restart-sequence:{name}"
        return
    if is_word(said, 0, "CREATE"):
        return
    for place in range(len(said) - 1):
        called = said[place].kind in ("word", "name") and unquoted(said[place].text) == "setval"
        if called and said[place + 1].text == "(" and not _goes_on(said, place + 1):
            yield f"restart-sequence:{_named(said[place + 2 :])}"


def made_by(said: Sequence[Lexeme]) -> Iterator[str]:
    """The table or the sequence that a statement makes: nobody has had a number of it."""
    place = 1
    while word_at(said, place) in _BETWEEN:
        place += 1
    if (
        is_word(said, 0, "CREATE")
        and word_at(said, place) in ("TABLE", "SEQUENCE")
        and not is_word(said, place + 1, "IF")
    ):
        yield name_from(said[place + 1 :])[0].removeprefix("public.")


def is_made(loss: str, made: Collection[str]) -> bool:
    """Whether it is how far a sequence has counted that is made only now."""
    kind, _, what = loss.partition(":")
    name = what.removeprefix("public.")
    if kind == "restart-sequence":
        return name in made or any(name.startswith(f"{each}_") and name.endswith("_seq") for each in made)
    return kind in ("drop-identity", "restart-identity") and name.rpartition(".")[0] in made


def _goes_on(said: Sequence[Lexeme], place: int) -> bool:
    calls = {word_at(said, at - 1) for at in range(1, len(said)) if said[at].text == "("} - {""}
    words = {word_at(said, at) for at in range(len(said))}
    signs = {each.text for each in said if each.kind == "signs"}
    whole = "MAX" in calls and calls <= set(_FORWARD) and words.isdisjoint(_PART) and signs <= {"+"}
    inside = {word_at(said, at) for at in range(place, closing(said, place))}
    return whole and ("FALSE" not in inside or "+" in signs)


def _named(said: Sequence[Lexeme]) -> str:
    """The sequence, where its name is written down."""
    if not said or said[0].kind != "text" or said[0].text[0] != "'":
        return "setval"
    inner = [each for each in lexemes(said[0].text[1:-1].replace("''", "'")) if each.said]
    return name_from(inner)[0] if inner else "setval"
