"""Whether an expression that the server wrote can be said with typed expressions, or as SQL only.

It looks at the words: the functions that are called, the operators between. A name that qb has, or that the database
defines itself, can be said; what else there is makes it SQL in a named place, `sql(...)`.
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

SAYABLE: Final = frozenset(_OPERATORS.split())
"""The operators that expressions of Python have."""

SPECIAL: Final = frozenset(_SPECIAL.split())
"""Words that can be said, each in its own way; some of them look like calls."""

UNSAID: Final = frozenset(_UNSAID.split())
"""Words of queries that only SQL can say."""


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
            if token["called"] and not after_cast and word not in SPECIAL and not _sayable(name, word, known):
                return AS_SQL
        elif (operator := token["operator"]) is not None and operator not in SAYABLE:
            return AS_SQL
        after_cast = token["cast"] is not None
    return WITH_TYPES


def _sayable(name: str, word: str, known: Known) -> bool:
    return word in known_functions() or ("." in name and name.replace('"', "") in known.functions)
