"""Storage parameters and options of views: in order, and what is on or off in one spelling.

The server keeps them as somebody wrote them: `(security_invoker = on)` and `(security_invoker = true)` are two texts.
https://www.postgresql.org/docs/current/sql-createtable.html#SQL-CREATETABLE-STORAGE-PARAMETERS
"""

from __future__ import annotations

from typing import Final, LiteralString

_SWITCHES: Final[LiteralString] = (
    "autosummarize|autovacuum_enabled|deduplicate_items|fastupdate|security_barrier|security_invoker|user_catalog_table|"
    "vacuum_truncate"
)

ONE_SPELLING: Final[LiteralString] = (
    "CASE WHEN option ~* '^(?:" + _SWITCHES + ")=(?:on|t|tr|tru|true|y|ye|yes|1)$' "
    "THEN split_part(option, '=', 1) || '=true' "
    "WHEN option ~* '^(?:" + _SWITCHES + ")=(?:of|off|f|fa|fal|fals|false|n|no|0)$' "
    "THEN split_part(option, '=', 1) || '=false' ELSE option END"
)
"""An option as it is compared."""


def options_in_order(options: LiteralString) -> LiteralString:
    """The SQL of an array of options, as one that can be compared."""
    return (
        "CASE WHEN "
        + options
        + " IS NULL THEN ARRAY[]::text[] ELSE ARRAY(SELECT "
        + ONE_SPELLING
        + " FROM unnest("
        + options
        + ") AS option ORDER BY 1) END"
    )


def definition_in_order(definition: LiteralString, options: LiteralString) -> LiteralString:
    """The SQL of a definition that has options in its midst, `WITH (fillfactor='70')`, with those in order."""
    value = "substr(option, strpos(option, '=') + 1)"
    written = (
        "(SELECT 'WITH (' || string_agg(quote_ident(split_part(option, '=', 1)) || '=' || CASE WHEN quote_ident("
        + value
        + ") = "
        + value
        + " THEN "
        + value
        + " ELSE quote_literal("
        + value
        + ") END, ', ' ORDER BY "
    )
    plain: LiteralString = written + "place) || ')' FROM unnest(" + options + ") WITH ORDINALITY AS o (option, place))"
    spelled: LiteralString = (
        written
        + "option) || ')' FROM unnest("
        + options
        + ") AS o (said), LATERAL (SELECT "
        + ONE_SPELLING.replace("option", "said")
        + ") AS s (option))"
    )
    return (
        "CASE WHEN "
        + options
        + " IS NULL THEN "
        + definition
        + " ELSE replace("
        + definition
        + ", "
        + plain
        + ", "
        + spelled
        + ") END"
    )
