"""Which statements a statement runs, itself among them, and what of it nobody can tell by its text.

What is known is listed; everything else may do anything, and has a name by which somebody allows it.
https://www.postgresql.org/docs/current/sql-commands.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from qb.kit.history.evaluated import closing, evaluated
from qb.kit.history.statement_parts import is_word, said_name, word_at
from qb.render.effects import HARMLESS, OPERATORS, operators_of
from qb.tree.lexemes import Lexeme, lexemes
from qb.types.identifier import unquoted

QUERIES: Final = ("SELECT", "VALUES", "TABLE", "WITH", "INSERT", "UPDATE", "DELETE", "MERGE", "(")
DEFINES: Final = ("CREATE", "ALTER", "DROP", "COMMENT", "GRANT", "REVOKE", "SECURITY", "REASSIGN", "IMPORT")
_KNOWN: Final = (
    *DEFINES,
    *("SET", "RESET", "SHOW", "LOCK", "LISTEN", "UNLISTEN", "NOTIFY", "DEALLOCATE", "CLOSE", "FETCH", "MOVE"),
    *("BEGIN", "START", "COMMIT", "END", "SAVEPOINT", "RELEASE", "ROLLBACK", "TRUNCATE", "REFRESH"),
    *("ANALYZE", "ANALYSE", "VACUUM", "CLUSTER", "REINDEX", "CHECKPOINT"),
)
_CASCADES: Final = (
    *("TABLE", "FOREIGN", "SCHEMA", "SEQUENCE", "EXTENSION", "OWNED"),  # asked for by their own names
    *("INDEX", "TRIGGER", "POLICY", "RULE", "PUBLICATION", "STATISTICS", "EVENT"),
)
"""What can be dropped with all that hangs on it, and nothing goes with it that holds rows: no column can be of it."""
_HARMLESS: Final = HARMLESS | frozenset(
    """
    set_config currval lastval pg_notify random_normal grouping xmlagg xmlelement xmlforest xmlconcat normalize
    pg_advisory_lock pg_advisory_unlock pg_advisory_xact_lock pg_try_advisory_lock pg_try_advisory_xact_lock
    obj_description col_description shobj_description to_regclass to_regtype to_regproc to_regprocedure to_regnamespace
    to_regrole to_regoper to_regoperator format_type has_table_privilege has_schema_privilege has_column_privilege
    has_database_privilege has_function_privilege has_sequence_privilege has_type_privilege pg_has_role
    pg_get_constraintdef pg_get_expr pg_get_functiondef pg_get_indexdef pg_get_ruledef pg_get_serial_sequence
    pg_get_triggerdef pg_get_userbyid pg_get_viewdef pg_table_is_visible pg_type_is_visible pg_function_is_visible
    if elsif while for loop return raise perform assert when else begin set check do into columns by case to
    default variadic symmetric
    nextval setval
    uuid_generate_v1 uuid_generate_v1mc uuid_generate_v3 uuid_generate_v4 uuid_generate_v5 gen_random_bytes digest hmac
    crypt gen_salt unaccent similarity word_similarity
    """.split()  # noqa: SIM905
)
"""What may stand before a parenthesis and changes no row: PostgreSQL's own, and what extensions that all have have."""
COUNTERS: Final = frozenset(("NEXTVAL", "SETVAL"))
_BEFORE_COLUMNS: Final = ("INTO", "AS", "WITH", "RECURSIVE", "COPY", "TABLE", "REFERENCES", "TYPE")
_PIECES: Final = ("THEN", "ELSE", "LOOP", "BEGIN", "DECLARE")
_SHOWS: Final = frozenset(
    """
    verbose costs settings generic_plan buffers serialize wal timing summary memory format none text binary xml json
    yaml on off true false
    """.split()  # noqa: SIM905
)
"""Options of EXPLAIN with which nothing is run."""
_RUNS_TEXT: Final = ("FUNCTION", "PROCEDURE", "ON")
"""What follows EXECUTE where no text is run: a trigger's function, a right."""


def executed(said: Sequence[Lexeme]) -> Iterator[Sequence[Lexeme]]:
    """The statements that one runs: what EXPLAIN ANALYZE, PREPARE, COPY, CREATE TABLE AS and DO have within them, too.

    >>> from qb.tree.lexemes import lexemes
    >>> said = [each for each in lexemes("EXPLAIN (ANALYZE) DELETE FROM notes") if each.said]
    >>> [each[0].text for each in executed(said)]
    ['EXPLAIN', 'DELETE']
    """
    yield said
    if (body := block_body(said)) is not None:
        for start in range(len(body)):
            yield _to_end(body[start:])
        return
    if inner := _within(said):
        yield from executed(inner)
    if is_word(said, 0, "WITH") or (said and said[0].text == "("):
        yield from (said[start:] for start in range(1, len(said)) if said[start - 1].text in ("(", ")"))


def unknown_calls(said: Sequence[Lexeme]) -> Iterator[str]:
    """What nobody can tell of a statement: `do`, `execute`, the names of functions that are not PostgreSQL's own.

    >>> from qb.tree.lexemes import lexemes
    >>> list(unknown_calls([each for each in lexemes("SELECT lower(name), app.fill() FROM notes") if each.said]))
    ['app.fill']
    """
    if not said:
        return
    first = word_at(said, 0) or said[0].text
    if first == "DO":
        yield from _unknown_of_block(said)
    elif first == "CALL":
        yield said_name(_said_before(said, _opening(said))) or "call"
    elif first == "EXPLAIN":
        yield from unknown_calls(_explained(said)[0])  # what is constant is computed while it is planned
    elif first in ("PREPARE", "DECLARE", "COPY"):
        if first == "COPY" and any(is_word(said, place, "PROGRAM") for place in range(len(said))):
            yield "program"
        yield from unknown_calls(_within(said))
    elif first in QUERIES:
        yield from _calls(said)
    elif first not in _KNOWN:
        yield said_name([first.lower()]) or "statement"
    else:
        if cascades(said):
            yield "cascade"
        if first == "CREATE" and (inner := _within(said) or _materialized(said)):
            yield from unknown_calls(inner)
        for each in evaluated(said):
            yield from _calls(each)


def cascades(said: Sequence[Lexeme]) -> bool:
    """Whether something goes with what is dropped or emptied that nobody can tell by the text.

    >>> from qb.tree.lexemes import lexemes
    >>> [cascades([each for each in lexemes(one) if each.said]) for one in ("DROP VIEW v", "DROP VIEW v CASCADE")]
    [False, True]
    """
    known = _CASCADES if is_word(said, 0, "DROP") else ()
    drops = word_at(said, 0) in ("DROP", "TRUNCATE") and word_at(said, 1) not in known
    return drops and is_word(said, len(said) - 1, "CASCADE")


def _within(said: Sequence[Lexeme]) -> Sequence[Lexeme]:
    """The statement that another one has within it and runs; empty where it has none."""
    first = word_at(said, 0)
    if first == "EXPLAIN":
        inner, runs = _explained(said)
        return inner if runs else ()
    if first == "COPY":
        return said[2 : closing(said, 1)] if len(said) > 1 and said[1].text == "(" else ()
    if first == "PREPARE" or (first == "CREATE" and _creates_table(said)):
        place = next((at for at in range(1, len(said)) if is_word(said, at, "AS")), len(said))
        inner = said[place + 1 :]
        return inner if word_at(inner, 0) in (*QUERIES, "EXECUTE") or (inner and inner[0].text == "(") else ()
    if first == "DECLARE":
        place = next((at for at in range(1, len(said)) if is_word(said, at, "FOR")), len(said))
        return said[place + 1 :]
    return ()


def _explained(said: Sequence[Lexeme]) -> tuple[Sequence[Lexeme], bool]:
    """What EXPLAIN explains, and whether it runs it."""
    place, runs = 1, False
    if place < len(said) and said[place].text == "(":
        end = closing(said, place)
        options = [each for each in said[place + 1 : end] if each.kind not in ("number", "text") and each.text != ","]
        runs = any(unquoted(each.text).lower() not in _SHOWS for each in options)
        place = end + 1
    while word_at(said, place) in ("ANALYZE", "ANALYSE", "VERBOSE"):
        runs = runs or not is_word(said, place, "VERBOSE")
        place += 1
    return said[place:], runs


def _materialized(said: Sequence[Lexeme]) -> Sequence[Lexeme]:
    """The query that fills a view which is made."""
    if not (is_word(said, 1, "MATERIALIZED") and is_word(said, 2, "VIEW")):
        return ()
    if [word_at(said, place) for place in range(len(said) - 3, len(said))] == ["WITH", "NO", "DATA"]:
        return ()
    place = next((at for at in range(1, len(said)) if is_word(said, at, "AS")), len(said))
    return said[place + 1 :]


def _creates_table(said: Sequence[Lexeme]) -> bool:
    words = [word_at(said, place) for place in range(1, 4)]
    return "TABLE" in words[: 1 + next((at for at, each in enumerate(words) if each not in _OF_TABLE), 3)]


_OF_TABLE: Final = ("UNLOGGED", "TEMP", "TEMPORARY", "LOCAL", "GLOBAL")


def _unknown_of_block(said: Sequence[Lexeme]) -> Iterator[str]:
    body = block_body(said)
    if body is None:
        yield "do"
        return
    for place, each in enumerate(body):
        if each.kind == "open" or (is_word(body, place, "EXECUTE") and word_at(body, place + 1) not in _RUNS_TEXT):
            yield "do"
    for piece in _pieces(body):
        first = word_at(piece, 0)
        known = first in DEFINES or first in ("CALL", "COPY", "EXPLAIN")
        yield from unknown_calls(piece) if known else _calls(piece)


def _pieces(body: Sequence[Lexeme]) -> Iterator[list[Lexeme]]:
    found: list[Lexeme] = []
    for place, each in enumerate(body):
        if each.text == ";" or word_at(body, place) in _PIECES:
            yield found
            found = []
        else:
            found.append(each)
    yield found


def block_body(said: Sequence[Lexeme]) -> Sequence[Lexeme] | None:
    """What a DO says in PL/pgSQL; None of another language, and where it is written with escapes."""
    if not is_word(said, 0, "DO"):
        return None
    language, texts, place = "plpgsql", list[str](), 1
    while place < len(said):
        if is_word(said, place, "LANGUAGE") and place + 1 < len(said):
            name = said[place + 1]
            language = name.text.strip("'").lower() if name.kind == "text" else unquoted(name.text)
            place += 2
            continue
        if said[place].kind != "text":
            return None
        texts.append(said[place].text)
        place += 1
    if language != "plpgsql" or not texts or (len(texts) > 1 and texts[0][0] == "$"):
        return None
    if texts[0][0] == "$":
        text = texts[0][texts[0].find("$", 1) + 1 : texts[0].rfind("$", 0, -1)]
    elif texts[0][0] == "'":
        text = "".join(each[1:-1] for each in texts).replace("''", "'")
    else:
        return None
    return [each for each in lexemes(text) if each.said]


def _to_end(said: Sequence[Lexeme]) -> Sequence[Lexeme]:
    end = next((place for place, each in enumerate(said) if each.text == ";"), len(said))
    return said[:end]


def _calls(said: Sequence[Lexeme]) -> Iterator[str]:
    """The functions and operators that are called and may do anything."""
    for place, each in enumerate(said):
        if each.kind == "signs":
            yield from (one for one in operators_of(each.text) if one not in OPERATORS)
            if place and is_word(said, place - 1, "U") and each.text == "&" and _is_name(said, place + 1):
                yield "u&"  # a name with escapes, which may be any
        if each.text != "(" or not place or said[place - 1].kind not in ("word", "name"):
            continue
        parts = _said_before(said, place)
        start = place - 2 * len(parts) + 1
        own = len(parts) == 1 or (len(parts) == 2 and parts[0] == "pg_catalog")
        if own and said[place - 1].kind == "word" and parts[-1] in _HARMLESS:
            continue
        if parts == ["operator"] and [one.text for one in said[place + 1 : place + 3]] == ["pg_catalog", "."]:
            continue
        if not _names_columns(said, start, place):
            yield said_name(parts)


def _is_name(said: Sequence[Lexeme], place: int) -> bool:
    return place < len(said) and said[place].kind == "name"


def _names_columns(said: Sequence[Lexeme], start: int, place: int) -> bool:
    """Whether a parenthesis behind a name has columns, or the length of a type, and no arguments."""
    if not start:
        return False
    before = said[start - 1]
    if before.kind == "word" and before.text.upper() in _BEFORE_COLUMNS:
        return True
    if before.text == ":":
        return start > 1 and said[start - 2].text == ":"
    if before.kind == "name":
        return True  # another name for what that is, with its columns
    if before.text == ")":
        at = _opened(said, start - 1)
        return not (at and is_word(said, at - 1, "ON"))
    end = closing(said, place)
    if before.text == "," and is_word(said, 0, "WITH") and is_word(said, end + 1, "AS"):
        behind = said[end + 2].text.upper() if end + 2 < len(said) else ""
        return behind in ("(", "MATERIALIZED", "NOT")
    return False


def _said_before(said: Sequence[Lexeme], place: int) -> list[str]:
    """The parts of the name that ends ahead of a place."""
    parts: list[str] = []
    at = place - 1
    while at >= 0 and said[at].kind in ("word", "name"):
        parts.insert(0, unquoted(said[at].text))
        if at < 2 or said[at - 1].text != ".":
            break
        at -= 2
    return parts


def _opening(said: Sequence[Lexeme]) -> int:
    return next((place for place, each in enumerate(said) if each.text == "("), len(said))


def _opened(said: Sequence[Lexeme], place: int) -> int:
    depth = 0
    for at in range(place, -1, -1):
        depth += (said[at].text == ")") - (said[at].text == "(")
        if not depth:
            return at
    return 0
