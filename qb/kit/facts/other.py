"""What is said of no other kind: operators, casts, foreign servers, text search, and whatever else a database holds.

https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-OBJECT
"""

from __future__ import annotations

from typing import Final

from qb.kit.facts.base import Fact, Reading
from qb.kit.facts.foreign_options import PLAIN_OPTION


class OtherFact(Fact, frozen=True):
    """An object of a kind that is seldom made. The kind is what PostgreSQL itself calls it."""

    owner: str | None
    definition: str
    """What it is made of, in words of its own."""


class LabelFact(Fact, frozen=True):
    """A label that a security module reads."""

    label: str


OTHER_KINDS: Final = Reading(
    OtherFact,
    "",
    """
WITH object (catalog, oid, owner, definition) AS (
  SELECT 'pg_am'::regclass, a.oid, NULL::oid, concat_ws(' ', a.amtype, a.amhandler::regproc)
  FROM pg_am a
  UNION ALL
  SELECT 'pg_cast'::regclass, c.oid, NULL, concat_ws(' ', c.castcontext, c.castmethod,
    nullif(c.castfunc, 0)::regprocedure)
  FROM pg_cast c
  UNION ALL
  SELECT 'pg_conversion'::regclass, c.oid, c.conowner, concat_ws(' ', pg_encoding_to_char(c.conforencoding),
    pg_encoding_to_char(c.contoencoding), c.conproc, c.condefault)
  FROM pg_conversion c
  UNION ALL
  SELECT 'pg_foreign_data_wrapper'::regclass, f.oid, f.fdwowner, concat_ws(' ', nullif(f.fdwhandler, 0)::regproc,
    nullif(f.fdwvalidator, 0)::regproc, (SELECT array_agg("""
    + PLAIN_OPTION
    + """ ORDER BY option) FROM unnest(f.fdwoptions) AS option))
  FROM pg_foreign_data_wrapper f
  UNION ALL
  SELECT 'pg_foreign_server'::regclass, s.oid, s.srvowner,
    concat_ws(' ', f.fdwname, s.srvtype, s.srvversion, (SELECT array_agg("""
    + PLAIN_OPTION
    + """ ORDER BY option) FROM unnest(s.srvoptions) AS option))
  FROM pg_foreign_server s JOIN pg_foreign_data_wrapper f ON f.oid = s.srvfdw
  UNION ALL
  SELECT 'pg_language'::regclass, l.oid, l.lanowner, concat_ws(' ', nullif(l.lanplcallfoid, 0)::regproc,
    nullif(l.laninline, 0)::regproc, nullif(l.lanvalidator, 0)::regproc, l.lanpltrusted)
  FROM pg_language l
  UNION ALL
  SELECT 'pg_opclass'::regclass, o.oid, o.opcowner, concat_ws(' ', format_type(o.opcintype, NULL), f.opfname,
    o.opcdefault, format_type(nullif(o.opckeytype, 0), NULL))
  FROM pg_opclass o JOIN pg_opfamily f ON f.oid = o.opcfamily
  UNION ALL
  SELECT 'pg_operator'::regclass, o.oid, o.oprowner, concat_ws(' ', o.oprcode, nullif(o.oprcom, 0)::regoperator,
    nullif(o.oprnegate, 0)::regoperator, nullif(o.oprrest, 0)::regproc, nullif(o.oprjoin, 0)::regproc, o.oprcanmerge,
    o.oprcanhash)
  FROM pg_operator o
  UNION ALL
  SELECT 'pg_opfamily'::regclass, f.oid, f.opfowner, concat_ws(' ',
    (SELECT string_agg(concat_ws(' ', o.amopstrategy, o.amopopr::regoperator), ', ' ORDER BY o.amopstrategy,
      o.amopopr::regoperator::text) FROM pg_amop o WHERE o.amopfamily = f.oid),
    (SELECT string_agg(concat_ws(' ', p.amprocnum, p.amproc::regprocedure), ', ' ORDER BY p.amprocnum,
      p.amproc::regprocedure::text) FROM pg_amproc p WHERE p.amprocfamily = f.oid))
  FROM pg_opfamily f WHERE f.oid >= 16384
  UNION ALL
  SELECT 'pg_transform'::regclass, t.oid, NULL, concat_ws(' ', nullif(t.trffromsql, 0)::regproc,
    nullif(t.trftosql, 0)::regproc)
  FROM pg_transform t
  UNION ALL
  SELECT 'pg_ts_config'::regclass, c.oid, c.cfgowner, concat_ws(' ', p.prsname,
    (SELECT string_agg(m.maptokentype || ' ' || m.mapdict::regdictionary, ', ' ORDER BY m.maptokentype, m.mapseqno)
      FROM pg_ts_config_map m WHERE m.mapcfg = c.oid))
  FROM pg_ts_config c JOIN pg_ts_parser p ON p.oid = c.cfgparser WHERE c.oid >= 16384
  UNION ALL
  SELECT 'pg_ts_dict'::regclass, d.oid, d.dictowner, concat_ws(' ', t.tmplname, d.dictinitoption)
  FROM pg_ts_dict d JOIN pg_ts_template t ON t.oid = d.dicttemplate
  UNION ALL
  SELECT 'pg_ts_parser'::regclass, p.oid, NULL, concat_ws(' ', p.prsstart, p.prstoken, p.prsend, p.prslextype)
  FROM pg_ts_parser p
  UNION ALL
  SELECT 'pg_ts_template'::regclass, t.oid, NULL, concat_ws(' ', nullif(t.tmplinit, 0)::regproc, t.tmpllexize)
  FROM pg_ts_template t
  UNION ALL
  SELECT 'pg_user_mapping'::regclass, m.umid, m.umuser,
    coalesce((SELECT string_agg(split_part(option, '=', 1), ' ' ORDER BY 1) FROM unnest(m.umoptions) AS option), '')
  FROM pg_user_mappings m
)
SELECT i.type, coalesce(plain.schema, ''), '',
  coalesce(plain.name || CASE WHEN i.type LIKE 'operator %' THEN substring(i.identity from ' USING [^ ]+$') ELSE '' END,
    i.identity),
  (o.catalog::oid::int8 << 32) | o.oid::int8, 0,
  CASE WHEN o.owner IS NOT NULL THEN pg_get_userbyid(o.owner) END, o.definition
FROM object o, pg_identify_object(o.catalog, o.oid, 0) i, LATERAL (
  SELECT CASE WHEN i.schema LIKE '"%' THEN replace(substring(i.schema FROM '^"(.*)"$'), '""', '"') ELSE i.schema END,
    CASE WHEN i.name LIKE '"%' THEN replace(substring(i.name FROM '^"(.*)"$'), '""', '"') ELSE i.name END
) plain (schema, name)
WHERE o.oid >= 16384
""",
)

LABELS: Final = Reading(
    LabelFact,
    "",
    """
SELECT 'security label', '', '', l.provider || ' on ' || i.type || ' ' || i.identity, 0::int8, 0, l.label
FROM pg_seclabel l, pg_identify_object(l.classoid, l.objoid, l.objsubid) i
""",
)
