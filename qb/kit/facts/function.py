"""Functions, procedures and aggregates. https://www.postgresql.org/docs/current/catalog-pg-proc.html"""

from __future__ import annotations

from typing import Final

from qb.kit.facts.base import Fact, Reading
from qb.kit.facts.texts import PlainName, SqlNames, SqlText


class FunctionFact(Fact, frozen=True):
    """A function, or a procedure. Its name here ends with the types of its arguments."""

    owner: PlainName
    arguments: SqlText
    """As they are declared, with names, modes and defaults."""
    types: tuple[SqlNames, ...]
    """What it takes and gives, as the catalog calls types, of an array its elements'; no pseudo-types."""
    unnamed: bool
    """Whether an argument has no name."""
    modes: str
    """A letter for each argument where not all are only given: `i`, `o`, `b` for both, `v`, `t` of a table's column."""
    returns: SqlNames | None
    language: PlainName
    body: str
    """The text of it; of one in C the name there."""
    sql_body: SqlText | None
    """Of one that was written with RETURN or BEGIN ATOMIC."""
    library: str | None
    volatility: str
    strict: bool
    security_definer: bool
    leakproof: bool
    parallel: str
    window: bool
    cost: float
    rows: float
    support: SqlNames | None
    transforms: tuple[SqlNames, ...]
    settings: tuple[str, ...]


class AggregateFact(Fact, frozen=True):
    """An aggregate. Its name here ends with the types of its arguments."""

    owner: PlainName
    arguments: SqlText
    returns: SqlNames
    aggregate: str
    """normal, ordered-set or hypothetical-set."""
    parallel: str
    parts: tuple[SqlNames, ...]
    """Its functions and the like, as CREATE AGGREGATE names them: `sfunc=public.add`."""


FUNCTIONS: Final = Reading(
    FunctionFact,
    "pg_proc",
    """
SELECT CASE p.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END, n.nspname, '',
  p.proname || '(' || oidvectortypes(p.proargtypes) || ')', p.oid::int8, 0,
  pg_get_userbyid(p.proowner), pg_get_function_arguments(p.oid),
  ARRAY(
    SELECT CASE WHEN b.typnamespace = 'pg_catalog'::regnamespace THEN b.typname::text
      ELSE b.typnamespace::regnamespace || '.' || quote_ident(b.typname) END
    FROM unnest(coalesce(p.proallargtypes, p.proargtypes::oid[]) || p.prorettype) WITH ORDINALITY AS a (oid, place)
    JOIN pg_type t ON t.oid = a.oid
    JOIN pg_type b ON b.oid = CASE WHEN t.typcategory = 'A' AND t.typelem <> 0 THEN t.typelem ELSE t.oid END
    WHERE t.typtype <> 'p' OR t.typname LIKE 'any%'
    ORDER BY a.place),
  p.pronargs > 0 AND (p.proargnames IS NULL OR '' = ANY (p.proargnames[:p.pronargs])),
  coalesce(array_to_string(p.proargmodes, ''), ''), pg_get_function_result(p.oid),
  l.lanname, p.prosrc, pg_get_function_sqlbody(p.oid), p.probin,
  CASE p.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END,
  p.proisstrict, p.prosecdef, p.proleakproof,
  CASE p.proparallel WHEN 's' THEN 'safe' WHEN 'r' THEN 'restricted' ELSE 'unsafe' END,
  p.prokind = 'w', p.procost::float8, p.prorows::float8,
  CASE WHEN p.prosupport <> 0 THEN p.prosupport::regproc::text END,
  ARRAY(SELECT format_type(each, NULL) FROM unnest(p.protrftypes) AS each),
  ARRAY(SELECT unnest(p.proconfig) ORDER BY 1)
FROM pg_proc p
JOIN pg_namespace n ON n.oid = p.pronamespace
JOIN pg_language l ON l.oid = p.prolang
WHERE p.prokind <> 'a' AND p.oid >= 16384 AND n.nspname !~ '^pg_(toast_)?temp_'
""",
)

AGGREGATES: Final = Reading(
    AggregateFact,
    "pg_proc",
    """
SELECT 'aggregate', n.nspname, '', p.proname || '(' || oidvectortypes(p.proargtypes) || ')', p.oid::int8, 0,
  pg_get_userbyid(p.proowner), pg_get_function_arguments(p.oid), format_type(p.prorettype, NULL),
  CASE a.aggkind WHEN 'o' THEN 'ordered-set' WHEN 'h' THEN 'hypothetical-set' ELSE 'normal' END,
  CASE p.proparallel WHEN 's' THEN 'safe' WHEN 'r' THEN 'restricted' ELSE 'unsafe' END,
  array_remove(ARRAY[
    'sfunc=' || a.aggtransfn::regproc,
    'stype=' || format_type(a.aggtranstype, NULL),
    'sspace=' || nullif(a.aggtransspace, 0),
    'finalfunc=' || nullif(a.aggfinalfn, 0)::regproc,
    'finalfunc_extra=' || nullif(a.aggfinalextra, false)::text,
    'finalfunc_modify=' || CASE WHEN a.aggfinalfn <> 0 THEN a.aggfinalmodify::text END,
    'combinefunc=' || nullif(a.aggcombinefn, 0)::regproc,
    'serialfunc=' || nullif(a.aggserialfn, 0)::regproc,
    'deserialfunc=' || nullif(a.aggdeserialfn, 0)::regproc,
    'initcond=' || a.agginitval,
    'msfunc=' || nullif(a.aggmtransfn, 0)::regproc,
    'minvfunc=' || nullif(a.aggminvtransfn, 0)::regproc,
    'mstype=' || format_type(nullif(a.aggmtranstype, 0), NULL),
    'mfinalfunc=' || nullif(a.aggmfinalfn, 0)::regproc,
    'msspace=' || nullif(a.aggmtransspace, 0),
    'mfinalfunc_extra=' || nullif(a.aggmfinalextra, false)::text,
    'mfinalfunc_modify=' || CASE WHEN a.aggmfinalfn <> 0 THEN a.aggmfinalmodify::text END,
    'minitcond=' || a.aggminitval,
    'sortop=' || nullif(a.aggsortop, 0)::regoperator
  ], NULL)
FROM pg_proc p
JOIN pg_namespace n ON n.oid = p.pronamespace
JOIN pg_aggregate a ON a.aggfnoid = p.oid
WHERE p.oid >= 16384 AND n.nspname !~ '^pg_(toast_)?temp_'
""",
)
