"""What `create_all(if_not_exists=True)` says of what decides who sees and writes what: one that stands is the declared
one, or it fails. There is no text to compare: PostgreSQL is shown the declared one, and what it makes of both is.

https://www.postgresql.org/docs/current/plpgsql-control-structures.html#PLPGSQL-ERROR-TRAPPING
"""

from __future__ import annotations

from qb.render.ddl.standing import DIFFERS
from qb.render.literals import dollar_quoted, string_literal

ANEW = "qb compares"
"""What the declared one is called while it is looked at; then it is taken back."""
_SEEN = "QBSEE"


def unless_equal(made: str, error: str, anew: str, facts: tuple[str, str], what: tuple[str, str]) -> str:
    """A block that creates an object, and where the `error` says that it is there compares it with one that is called
    otherwise, of `anew`. `facts` ask for both, as jsonb; `what` is the kind of the object, and its name."""
    return f"DO {dollar_quoted(f'{chr(10)}BEGIN{chr(10)}{inner(made, error, anew, facts, what)}END{chr(10)}')}"


def inner(made: str, error: str, anew: str, facts: tuple[str, str], what: tuple[str, str]) -> str:
    """The same within another block."""
    kind, title = what
    there, wanted = facts
    return (
        f"  BEGIN\n  {made};\n  EXCEPTION WHEN {error} THEN\n"
        "  DECLARE\n    standing jsonb := "
        f"({there});\n    declared jsonb;\n    differs record;\n  BEGIN\n"
        "    BEGIN\n"
        "      PERFORM pg_catalog.set_config('check_function_bodies', 'off', true);\n"
        f"      {anew};\n      declared := ({wanted});\n"
        f"      RAISE EXCEPTION USING ERRCODE = '{_SEEN}';\n"
        f"    EXCEPTION WHEN SQLSTATE '{_SEEN}' THEN\n      NULL;\n    END;\n"
        "    SELECT each.key, each.value AS said, standing ->> each.key AS had INTO differs\n"
        "    FROM pg_catalog.jsonb_each_text(declared) each WHERE each.value IS DISTINCT FROM standing ->> each.key\n"
        "    ORDER BY each.key DESC LIMIT 1;\n"
        "    IF FOUND THEN\n"
        f"      RAISE EXCEPTION USING ERRCODE = '{DIFFERS}', TABLE = {string_literal(title)}, "
        f"CONSTRAINT = {string_literal(kind)},\n"
        "        COLUMN = differs.key, DATATYPE = coalesce(differs.said, 'none'),\n"
        "        MESSAGE = CASE WHEN standing IS NULL THEN 'something else of this name' ELSE coalesce(differs.had, "
        "'none') END;\n"
        "    END IF;\n  END;\n  END;\n"
    )
