"""What a statement may leave behind: rows that it wrote, and state of the session that the next borrower would inherit.

What qb built is known. Raw SQL is known where its words say enough: a query or a write that calls nothing but functions
and operators of PostgreSQL which change no session. All else (SET, LISTEN, CALL, functions and operators of one's own)
may leave anything. Whether a name of PostgreSQL's means something else, too, only a database can tell: it is kept.
https://www.postgresql.org/docs/current/sql-discard.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Final, NamedTuple

from qb.tree.delete import DeleteNode
from qb.tree.expressions import Call, RawSql
from qb.tree.function import Function
from qb.tree.insert import InsertNode
from qb.tree.lexemes import lexemes
from qb.tree.node import Node
from qb.tree.raw import RawStatement
from qb.tree.update import UpdateNode


class Effects(NamedTuple):
    """`writes`: whether rows may be changed. `lingers`: whether the session may be another one afterwards. `calls`: the
    functions and operators which make it linger where a database defines them once more."""

    writes: bool = True
    lingers: bool = True
    calls: frozenset[str] = frozenset()


def effects(acts: Iterable[Node]) -> Effects:
    """The effects of a compiled statement. `acts` is what of the whole tree, CTEs and nested queries included, may have
    any: statements but SELECT, and SQL of the user's own."""
    found = _NONE
    read: set[tuple[str, bool]] = set()  # each column of raw SQL's rows names all of it
    for node in acts:
        if isinstance(node, InsertNode | UpdateNode | DeleteNode):
            found = found._replace(writes=True)
        elif isinstance(node, RawStatement | RawSql):
            raw = node.sql if isinstance(node, RawStatement) else node
            piece = _text(raw), raw.statement or raw is not node
            if piece not in read:
                read.add(piece)
                found = _both(found, effects_of_sql(piece[0], whole=piece[1]))
        elif isinstance(node, Call):
            found = _both(found, _called(node.function))
    return found


def _called(function: Function) -> Effects:
    """What is stable changes nothing, as whoever declared it says; a sequence that is drawn from does."""
    if function.volatility != "volatile":
        return _NONE
    return _NONE._replace(writes=True) if function.writes else Effects()


def effects_of_sql(text: str, *, whole: bool = True) -> Effects:
    """The effects of SQL text; `whole` says whether it is a statement, or a piece of one.

    >>> effects_of_sql("SELECT lower(name) FROM users")
    Effects(writes=False, lingers=False, calls=frozenset({'lower'}))
    >>> effects_of_sql("DELETE FROM users")
    Effects(writes=True, lingers=False, calls=frozenset())
    >>> effects_of_sql("SET ROLE admin").lingers, effects_of_sql("SELECT set_config('role', 'admin', false)").lingers
    (True, True)
    """
    said = _said(text)
    if whole:
        before: list[str] = []
        for word in said:
            before.append(word)
            if word != "(":
                break
        if before == ["explain"]:
            before = _explained([*before, *said])
            if not before or before[0] not in _EXPLAINED:
                return Effects()
        elif not before or before[-1] not in _STATEMENTS:
            return Effects()
        said = chain(before, said)
    writes = False
    calls: set[str] = set()
    words: list[str] = []
    for word in said:  # the rest is not read where one may do anything
        if word == _OPEN:
            return Effects()  # a quote or a comment that is not seen through
        last = words[-1] if words else ""
        words.append(word)
        if word == "into" and last not in _INTO:
            return Effects()  # SELECT INTO makes a table, which may be a temporary one
        if word == "(" and _calls(words):
            return Effects()
        if word == "(" and last in _CALLED and words[-3:-2] != ["."]:
            calls.add(last)
        if word[0] in _SIGNS:
            found = set(operators_of(word))
            if not found <= OPERATORS:
                return Effects()
            calls |= found
        calls.update(MEANT.get(word, ()))
        writes = writes or (word in _WRITES and not (word == "update" and last in _LOCKS))
    return Effects(writes, lingers=False, calls=frozenset(calls))


def _said(text: str) -> Iterator[str]:
    """What a text says, but for its values: words, signs, a name for each name, and what does not end."""
    for lexeme in lexemes(text):
        if lexeme.kind == "open":
            yield _OPEN
        elif lexeme.kind in ("word", "signs") or lexeme.text in _PUNCTUATION:
            yield lexeme.small
        elif lexeme.kind == "name":
            yield _NAME


def _explained(words: list[str]) -> list[str]:
    """What stands behind EXPLAIN and its options, which are words or in one pair of parentheses."""
    rest = words[1:]
    if rest[:1] == ["("]:
        return rest[rest.index(")") + 1 :] if ")" in rest else []
    while rest[:1] in (["analyze"], ["analyse"], ["verbose"]):
        rest = rest[1:]
    return rest


def operators_of(signs: str) -> Iterator[str]:
    """The operators of a row of signs, as PostgreSQL reads them: `=-` is two, and `@-` is one.

    https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-OPERATORS
    """
    while signs:
        one = signs
        while len(one) > 1 and one[-1] in "+-" and not _FREE.search(one):
            one = one[:-1]
        if one != "=>":  # the name of an argument
            yield "<>" if one == "!=" else one
        signs = signs[len(one) :]


def _calls(words: list[str]) -> bool:
    """Whether the parenthesis at the end begins the arguments of a function that may do anything."""
    index = len(words) - 1
    start = index - 1
    if start < 0 or words[start] in "().," or words[start][0] in _SIGNS:
        return False
    while start > 1 and words[start - 1] == ".":
        start -= 2
    if start > 0 and words[start - 1] in ("into", "as", "with", "recursive"):
        return False  # the names of columns
    return words[index - 1] not in HARMLESS or words[start : index - 1] not in ([], ["pg_catalog", "."])


def _both(one: Effects, other: Effects) -> Effects:
    return Effects(one.writes or other.writes, one.lingers or other.lingers, one.calls | other.calls)


def _text(raw: RawSql) -> str:
    """Raw SQL as text, with a name in the place of each value and expression."""
    found: list[str] = []
    stack: list[object] = [raw]
    while stack:
        part = stack.pop()
        if isinstance(part, RawSql):
            stack += part.parts[::-1]
        else:
            found.append(part if isinstance(part, str) else f" {_NAME} ")
    return "".join(found)


_NONE: Final = Effects(writes=False, lingers=False)
_NAME: Final = '"?"'
_OPEN: Final = '"'
_PUNCTUATION: Final = frozenset("().,")
_SIGNS: Final = frozenset("+-*/<>=~!@#%^&|`?")
_FREE: Final = re.compile(r"[~!@#%^&|`?]")
"""An operator without one of these does not end with + or -."""
_WRITES: Final = frozenset(("insert", "update", "delete", "merge"))
_LOCKS: Final = frozenset(("for", "key", "do"))  # FOR UPDATE; the UPDATE of ON CONFLICT comes after its INSERT
_INTO: Final = frozenset(("insert", "merge"))
_EXPLAINED: Final = _WRITES | {"select", "with", "values"}
_STATEMENTS: Final = _WRITES | {"select", "with", "values", "table", "show"}
_KEYWORDS: Final = """
    all and any array as between bit by bpchar case cast char character conflict cube decimal distinct else except
    exists filter float from full group having ilike in inner insert intersect interval is join lateral left like
    limit materialized not numeric offset on only or order outer over partition recursive returning right rollup
    row select set sets similar some then time timestamp timestamptz timetz union using values varchar varbit
    varying when where with within
"""
_FUNCTIONS: Final = """
    abs age array_agg array_append array_cat array_dims array_fill array_length array_lower array_ndims
    array_position array_positions array_prepend array_remove array_replace array_to_json array_to_string
    array_upper ascii avg bit_and bit_length bit_or bool_and bool_or btrim cardinality cbrt ceil ceiling
    char_length character_length chr clock_timestamp coalesce concat concat_ws convert_from convert_to corr count
    covar_pop covar_samp cume_dist current_database current_schema current_setting date_bin date_part date_trunc
    decode degrees dense_rank div encode every exp extract factorial first_value floor format format_type gcd
    gen_random_uuid generate_series generate_subscripts greatest initcap json_agg json_array_elements
    json_array_elements_text json_array_length json_build_array json_build_object json_each json_each_text
    json_extract_path json_extract_path_text json_object json_object_agg json_object_keys json_populate_record
    json_populate_recordset json_strip_nulls json_to_record json_to_recordset json_typeof jsonb_agg
    jsonb_array_elements jsonb_array_elements_text jsonb_array_length jsonb_build_array jsonb_build_object
    jsonb_each jsonb_each_text jsonb_extract_path jsonb_extract_path_text jsonb_insert jsonb_object
    jsonb_object_agg jsonb_object_keys jsonb_path_exists jsonb_path_match jsonb_path_query jsonb_path_query_array
    jsonb_path_query_first jsonb_populate_record jsonb_populate_recordset jsonb_pretty jsonb_set jsonb_strip_nulls
    jsonb_to_record jsonb_to_recordset jsonb_typeof justify_days justify_hours justify_interval lag last_value lcm
    lead least left length ln localtimestamp log log10 lower lower_inc lower_inf lpad ltrim make_date
    make_interval make_time make_timestamp make_timestamptz max md5 min mod mode nth_value ntile nullif
    num_nonnulls num_nulls now octet_length overlay percent_rank percentile_cont percentile_disc pg_backend_pid
    pg_column_size pg_database_size pg_is_in_recovery pg_relation_size pg_size_pretty pg_sleep pg_table_size
    pg_total_relation_size pg_typeof phraseto_tsquery pi plainto_tsquery position pow power quote_ident
    quote_literal quote_nullable radians random range_agg range_merge rank regexp_count regexp_instr regexp_like
    regexp_match regexp_matches regexp_replace regexp_split_to_array regexp_split_to_table regexp_substr repeat
    replace reverse round row_number row_to_json rpad rtrim scale sha224 sha256 sha384 sha512 sign split_part sqrt
    starts_with statement_timestamp stddev stddev_pop stddev_samp string_agg string_to_array string_to_table
    strpos substr substring sum timeofday timezone to_char to_date to_hex to_json to_jsonb to_number to_timestamp
    to_tsquery to_tsvector transaction_timestamp translate trim trim_array trunc ts_headline ts_rank ts_rank_cd
    txid_current unnest upper upper_inc upper_inf uuidv4 uuidv7 var_pop var_samp variance version
    websearch_to_tsquery width_bucket
"""
_CALLED: Final = frozenset(_FUNCTIONS.split())
OPERATORS: Final = frozenset(
    """
    ! !! !~ !~* !~~ !~~* # ## #- #> #>> % & && &< &<| &> * *< *<= *<> *= *> *>= + - -> ->> -|- / < <-> << <<= <<| <=
    <> <@ <^ = > >= >> >>= >^ ? ?# ?& ?- ?-| ?| ?|| @ @-@ @> @? @@ @@@ ^ ^@ | |&> |/ |>> || ||/ ~ ~* ~<=~ ~<~ ~= ~>=~
    ~>~ ~~ ~~*
    """.split()  # noqa: SIM905 - a hundred quotes would hide the signs
)
"""PostgreSQL's own operators, none of which changes a session."""
MEANT: Final[Mapping[str, tuple[str, ...]]] = {
    "between": ("<", "<=", ">", ">="),
    "case": ("=",),
    "distinct": ("=",),
    "ilike": ("~~*", "!~~*"),
    "in": ("=", "<>"),
    "like": ("~~", "!~~"),
    "natural": ("=",),
    "nullif": ("=",),
    "using": ("=",),
}
"""Words that stand for operators, which are looked for by their names."""
HARMLESS: Final = frozenset((_KEYWORDS + _FUNCTIONS).split())
"""What may stand before a parenthesis: words that are no function, and functions that leave the session as it was."""
