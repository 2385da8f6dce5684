"""Whether an expression that the server wrote can be said with typed expressions, or as SQL only.

It looks at what is called, and at the operators between. A function that qb has no row for is named with its types,
`function("width_bucket", ...)`, whoever's it is; an aggregate, what looks like a call and is syntax of its own, and an
operator have to be qb's: else it is SQL in a named place, `sql(...)`.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Final

from qb.kit.coverage.held import AS_SQL, WITH_TYPES, How, Known
from qb.query import functions
from qb.tree.function import Function

_TOKENS: Final = re.compile(
    r"(?P<text>[EeBbXx]?'(?:[^']|'')*')"
    r'|(?P<name>(?:"(?:[^"]|"")+"|[A-Za-z_]\w*)(?:\.(?:"(?:[^"]|"")+"|[A-Za-z_]\w*))*)(?P<called>\s*\()?'
    r"|(?P<limited>::interval (?:year|month|day|hour|minute|second))"
    r"|(?P<words>::(?:character|bit) varying)"
    r"|(?P<cast>::)"
    r"|(?P<operator>[+\-*/<>=~!@#%^&|`?]+)"
)

_OPERATORS: Final = "= <> < <= > >= + - * / % || -> ->> #> #>> @> <@ && ~ ~* !~ !~* ~~ ~~* !~~ !~~* ?"

_SPECIAL: Final = """
and or not is null true false distinct from between in any all some array case when then else end like ilike
coalesce nullif greatest least cast as values row exists select where join left right full inner outer cross on
using group by having order asc desc nulls first last limit offset union intersect except with recursive filter
over partition current_timestamp current_date localtimestamp current_user session_user nextval now default
unknown collate at time zone substring position overlay trim extract only
"""

_UNSAID: Final = "lateral ordinality tablesample grouping rollup cube within xmltable json_table window"

_SYNTAX: Final = """
operator xmlelement xmlforest xmlparse xmlserialize xmlroot xmlpi xmlexists xmlconcat normalize treat
json_object json_array json_scalar json_serialize json_value json_query json_exists json_arrayagg json_objectagg
"""

_AGGREGATES: Final = """
any_value array_agg avg bit_and bit_or bit_xor bool_and bool_or count every json_agg json_object_agg jsonb_agg
jsonb_object_agg json_agg_strict jsonb_agg_strict max min range_agg range_intersect_agg string_agg sum xmlagg corr
covar_pop covar_samp regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy
stddev stddev_pop stddev_samp var_pop var_samp variance mode percentile_cont percentile_disc rank dense_rank
percent_rank cume_dist row_number ntile lag lead first_value last_value nth_value
"""

SAYABLE: Final = frozenset(_OPERATORS.split())
"""The operators that expressions of Python have."""

SPECIAL: Final = frozenset(_SPECIAL.split())
"""Words that can be said, each in its own way; some of them look like calls."""

UNSAID: Final = frozenset(_UNSAID.split())
"""Words of queries that only SQL can say."""

OWN_ROWS: Final = frozenset((*_SYNTAX.split(), *_AGGREGATES.split()))
"""What can be said where qb has a row for it, and not by its name alone: aggregates, windows, calls that are syntax."""


@cache
def known_functions() -> frozenset[str]:
    """The functions that qb has a row for."""
    found: set[str] = set()
    for module in iter_modules(functions.__path__):
        for each in vars(import_module(f"{functions.__name__}.{module.name}")).values():
            if isinstance(each, Function):
                found.add(each.name.lower())
    return frozenset(found)


def expression_held(text: str, known: Known) -> How:
    """How an expression is held: typed where all of its words can be said."""
    after_cast = False
    for token in _TOKENS.finditer(text):
        if (name := token["name"]) is not None:
            word = name.lower()
            if word in UNSAID:
                return AS_SQL
            if token["called"] and not after_cast and word not in SPECIAL and not _sayable(name, known):
                return AS_SQL
        elif token["limited"] is not None or (token["operator"] or "=") not in SAYABLE:
            return AS_SQL  # an interval has neither fields nor digits here
        after_cast = token["cast"] is not None
    return WITH_TYPES


def _sayable(name: str, known: Known) -> bool:
    schema, _, own = name.replace('"', "").rpartition(".")
    if schema not in ("", "pg_catalog"):
        return f"{schema}.{own}" not in known.aggregates
    if any(each.rpartition(".")[2] == own for each in known.aggregates):  # of a schema that need not be named
        return False
    return own in known_functions() or own.lower() not in OWN_ROWS
