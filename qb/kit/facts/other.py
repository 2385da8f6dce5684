"""What is said of no other kind: operators, casts, foreign servers, text search, and whatever else a database holds.

https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-OBJECT
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from qb.kit.facts.base import Fact, Reading
from qb.kit.facts.foreign_options import PLAIN_OPTION
from qb.kit.facts.texts import PlainName, SqlNames
from qb.model.object import Identity


class OtherFact(Fact, frozen=True):
    """An object of a kind that is seldom made. The kind is what PostgreSQL itself calls it."""

    owner: PlainName | None
    definition: SqlNames
    """What it is made of, in words of its own."""
    target: SqlNames
    """What DROP and COMMENT ON call it."""
    statements: tuple[SqlNames, ...]
    """The SQL that makes it; none where nobody can read all of it."""


class LabelFact(Fact, frozen=True):
    """A label that a security module reads."""

    label: str
    on: str
    """The kind of what it is on."""
    role: PlainName | None
    """The role that it is on, which all databases of the server have."""

    def needs(self, identity: Identity) -> Iterable[Identity]:
        """The role."""
        return () if self.role is None else (Identity("role", "", "", self.role),)


OTHER_KINDS: Final = Reading(
    OtherFact,
    "",
    """
WITH object (catalog, oid, owner, definition, target, statements) AS (
  SELECT 'pg_am'::regclass, a.oid, NULL::oid, concat_ws(' ', a.amtype, a.amhandler::regproc),
    'ACCESS METHOD ' || quote_ident(a.amname), ARRAY['CREATE ACCESS METHOD ' || quote_ident(a.amname) || ' TYPE '
      || CASE a.amtype WHEN 't' THEN 'TABLE' ELSE 'INDEX' END || ' HANDLER ' || a.amhandler::regproc]
  FROM pg_am a
  UNION ALL
  SELECT 'pg_cast'::regclass, c.oid, NULL, concat_ws(' ', c.castcontext, c.castmethod,
    nullif(c.castfunc, 0)::regprocedure),
    format('CAST (%s AS %s)', format_type(c.castsource, NULL), format_type(c.casttarget, NULL)),
    ARRAY[format('CREATE CAST (%s AS %s) %s%s', format_type(c.castsource, NULL), format_type(c.casttarget, NULL),
      CASE c.castmethod WHEN 'i' THEN 'WITH INOUT' WHEN 'b' THEN 'WITHOUT FUNCTION'
        ELSE 'WITH FUNCTION ' || c.castfunc::regprocedure END,
      CASE c.castcontext WHEN 'a' THEN ' AS ASSIGNMENT' WHEN 'i' THEN ' AS IMPLICIT' ELSE '' END)]
  FROM pg_cast c
  UNION ALL
  SELECT 'pg_conversion'::regclass, c.oid, c.conowner, concat_ws(' ', pg_encoding_to_char(c.conforencoding),
    pg_encoding_to_char(c.contoencoding), c.conproc, c.condefault),
    format('CONVERSION %s.%I', c.connamespace::regnamespace, c.conname),
    ARRAY[format('CREATE %sCONVERSION %s.%I FOR %L TO %L FROM %s', CASE WHEN c.condefault THEN 'DEFAULT ' ELSE '' END,
      c.connamespace::regnamespace, c.conname, pg_encoding_to_char(c.conforencoding),
      pg_encoding_to_char(c.contoencoding), c.conproc)]
  FROM pg_conversion c
  UNION ALL
  SELECT 'pg_foreign_data_wrapper'::regclass, f.oid, f.fdwowner, concat_ws(' ', nullif(f.fdwhandler, 0)::regproc,
    nullif(f.fdwvalidator, 0)::regproc, o.plain),
    format('FOREIGN DATA WRAPPER %I', f.fdwname),
    CASE WHEN o.known THEN ARRAY[format('CREATE FOREIGN DATA WRAPPER %I%s%s%s', f.fdwname,
      ' HANDLER ' || nullif(f.fdwhandler, 0)::regproc, ' VALIDATOR ' || nullif(f.fdwvalidator, 0)::regproc, o.options)]
      ELSE ARRAY[]::text[] END
  FROM pg_foreign_data_wrapper f
  CROSS JOIN LATERAL (SELECT ' OPTIONS (' || string_agg(format('%I %L', split_part(option, '=', 1),
    substr(option, strpos(option, '=') + 1)), ', ' ORDER BY option) || ')', array_agg("""
    + PLAIN_OPTION
    + """ ORDER BY option),
    coalesce(bool_and(option = """
    + PLAIN_OPTION
    + """), true) FROM unnest(f.fdwoptions) AS option) o (options, plain, known)
  UNION ALL
  SELECT 'pg_foreign_server'::regclass, s.oid, s.srvowner,
    concat_ws(' ', f.fdwname, s.srvtype, s.srvversion, o.plain),
    format('SERVER %I', s.srvname),
    CASE WHEN o.known THEN ARRAY[format('CREATE SERVER %I%s%s FOREIGN DATA WRAPPER %I%s', s.srvname,
      ' TYPE ' || quote_literal(s.srvtype), ' VERSION ' || quote_literal(s.srvversion), f.fdwname, o.options)]
      ELSE ARRAY[]::text[] END
  FROM pg_foreign_server s JOIN pg_foreign_data_wrapper f ON f.oid = s.srvfdw
  CROSS JOIN LATERAL (SELECT ' OPTIONS (' || string_agg(format('%I %L', split_part(option, '=', 1),
    substr(option, strpos(option, '=') + 1)), ', ' ORDER BY option) || ')', array_agg("""
    + PLAIN_OPTION
    + """ ORDER BY option),
    coalesce(bool_and(option = """
    + PLAIN_OPTION
    + """), true) FROM unnest(s.srvoptions) AS option) o (options, plain, known)
  UNION ALL
  SELECT 'pg_language'::regclass, l.oid, l.lanowner, concat_ws(' ', nullif(l.lanplcallfoid, 0)::regproc,
    nullif(l.laninline, 0)::regproc, nullif(l.lanvalidator, 0)::regproc, l.lanpltrusted),
    format('LANGUAGE %I', l.lanname),
    ARRAY[format('CREATE %sLANGUAGE %I HANDLER %s%s%s', CASE WHEN l.lanpltrusted THEN 'TRUSTED ' ELSE '' END,
      l.lanname, nullif(l.lanplcallfoid, 0)::regproc, ' INLINE ' || nullif(l.laninline, 0)::regproc,
      ' VALIDATOR ' || nullif(l.lanvalidator, 0)::regproc)]
  FROM pg_language l
  UNION ALL
  SELECT 'pg_opclass'::regclass, o.oid, o.opcowner, concat_ws(' ', format_type(o.opcintype, NULL), f.opfname,
    o.opcdefault, format_type(nullif(o.opckeytype, 0), NULL)),
    format('OPERATOR CLASS %s.%I USING %I', o.opcnamespace::regnamespace, o.opcname, a.amname),
    ARRAY[format('CREATE OPERATOR CLASS %s.%I %sFOR TYPE %s USING %I FAMILY %s.%I AS %s',
      o.opcnamespace::regnamespace, o.opcname, CASE WHEN o.opcdefault THEN 'DEFAULT ' ELSE '' END,
      format_type(o.opcintype, NULL), a.amname, f.opfnamespace::regnamespace, f.opfname,
      concat_ws(', ',
        CASE WHEN o.opckeytype <> 0 OR m.members IS NULL
          THEN 'STORAGE ' || format_type(coalesce(nullif(o.opckeytype, 0), o.opcintype), NULL) END, m.members))]
  FROM pg_opclass o JOIN pg_opfamily f ON f.oid = o.opcfamily JOIN pg_am a ON a.oid = o.opcmethod
  CROSS JOIN LATERAL (
    SELECT string_agg(each, ', ' ORDER BY each) FROM (
      SELECT format('OPERATOR %s %s%s', p.amopstrategy, p.amopopr::regoperator, ' FOR ORDER BY '
        || (SELECT format('%s.%I', s.opfnamespace::regnamespace, s.opfname) FROM pg_opfamily s
          WHERE s.oid = p.amopsortfamily))
      FROM pg_amop p JOIN pg_depend d ON d.classid = 'pg_amop'::regclass AND d.objid = p.oid AND d.deptype = 'i'
        AND d.refclassid = 'pg_opclass'::regclass AND d.refobjid = o.oid
      UNION ALL
      SELECT format('FUNCTION %s (%s, %s) %s', p.amprocnum, format_type(p.amproclefttype, NULL),
        format_type(p.amprocrighttype, NULL), p.amproc::regprocedure)
      FROM pg_amproc p JOIN pg_depend d ON d.classid = 'pg_amproc'::regclass AND d.objid = p.oid AND d.deptype = 'i'
        AND d.refclassid = 'pg_opclass'::regclass AND d.refobjid = o.oid
    ) AS member (each)
  ) m (members)
  WHERE o.oid >= 16384
  UNION ALL
  SELECT 'pg_operator'::regclass, o.oid, o.oprowner, concat_ws(' ', o.oprcode, nullif(o.oprcom, 0)::regoperator,
    nullif(o.oprnegate, 0)::regoperator, nullif(o.oprrest, 0)::regproc, nullif(o.oprjoin, 0)::regproc, o.oprcanmerge,
    o.oprcanhash),
    format('OPERATOR %s.%s (%s, %s)', o.oprnamespace::regnamespace, o.oprname,
      coalesce(format_type(nullif(o.oprleft, 0), NULL), 'NONE'), format_type(o.oprright, NULL)),
    CASE WHEN o.oprcode <> 0 THEN ARRAY[format('CREATE OPERATOR %s.%s (%s)', o.oprnamespace::regnamespace, o.oprname,
      concat_ws(', ', 'FUNCTION = ' || o.oprcode, 'LEFTARG = ' || format_type(nullif(o.oprleft, 0), NULL),
        'RIGHTARG = ' || format_type(o.oprright, NULL),
        (SELECT format('COMMUTATOR = OPERATOR(%s.%s)', c.oprnamespace::regnamespace, c.oprname) FROM pg_operator c
          WHERE c.oid = o.oprcom),
        (SELECT format('NEGATOR = OPERATOR(%s.%s)', c.oprnamespace::regnamespace, c.oprname) FROM pg_operator c
          WHERE c.oid = o.oprnegate),
        'RESTRICT = ' || nullif(o.oprrest, 0)::regproc, 'JOIN = ' || nullif(o.oprjoin, 0)::regproc,
        CASE WHEN o.oprcanmerge THEN 'MERGES' END, CASE WHEN o.oprcanhash THEN 'HASHES' END))]
      ELSE ARRAY[]::text[] END
  FROM pg_operator o
  UNION ALL
  SELECT 'pg_opfamily'::regclass, f.oid, f.opfowner, concat_ws(' ',
    (SELECT string_agg(concat_ws(' ', o.amopstrategy, o.amopopr::regoperator), ', ' ORDER BY o.amopstrategy,
      o.amopopr::regoperator::text) FROM pg_amop o WHERE o.amopfamily = f.oid),
    (SELECT string_agg(concat_ws(' ', p.amprocnum, p.amproc::regprocedure), ', ' ORDER BY p.amprocnum,
      p.amproc::regprocedure::text) FROM pg_amproc p WHERE p.amprocfamily = f.oid)),
    format('OPERATOR FAMILY %s.%I USING %I', f.opfnamespace::regnamespace, f.opfname, a.amname),
    ARRAY[format('CREATE OPERATOR FAMILY %s.%I USING %I', f.opfnamespace::regnamespace, f.opfname, a.amname)]
      || ARRAY(
      SELECT format('ALTER OPERATOR FAMILY %s.%I USING %I ADD %s', f.opfnamespace::regnamespace, f.opfname, a.amname,
        string_agg(each, ', ' ORDER BY each))
      FROM (
        SELECT format('OPERATOR %s %s%s', p.amopstrategy, p.amopopr::regoperator, ' FOR ORDER BY '
          || (SELECT format('%s.%I', s.opfnamespace::regnamespace, s.opfname) FROM pg_opfamily s
            WHERE s.oid = p.amopsortfamily))
        FROM pg_amop p WHERE p.amopfamily = f.oid AND NOT EXISTS (SELECT FROM pg_depend d
          WHERE d.classid = 'pg_amop'::regclass AND d.objid = p.oid AND d.refclassid = 'pg_opclass'::regclass)
        UNION ALL
        SELECT format('FUNCTION %s (%s, %s) %s', p.amprocnum, format_type(p.amproclefttype, NULL),
          format_type(p.amprocrighttype, NULL), p.amproc::regprocedure)
        FROM pg_amproc p WHERE p.amprocfamily = f.oid AND NOT EXISTS (SELECT FROM pg_depend d
          WHERE d.classid = 'pg_amproc'::regclass AND d.objid = p.oid AND d.refclassid = 'pg_opclass'::regclass)
      ) AS loose (each) HAVING count(*) > 0)
  FROM pg_opfamily f JOIN pg_am a ON a.oid = f.opfmethod WHERE f.oid >= 16384
  UNION ALL
  SELECT 'pg_transform'::regclass, t.oid, NULL, concat_ws(' ', nullif(t.trffromsql, 0)::regproc,
    nullif(t.trftosql, 0)::regproc),
    format('TRANSFORM FOR %s LANGUAGE %I', format_type(t.trftype, NULL), l.lanname),
    ARRAY[format('CREATE TRANSFORM FOR %s LANGUAGE %I (%s)', format_type(t.trftype, NULL), l.lanname, concat_ws(', ',
      'FROM SQL WITH FUNCTION ' || nullif(t.trffromsql, 0)::regprocedure,
      'TO SQL WITH FUNCTION ' || nullif(t.trftosql, 0)::regprocedure))]
  FROM pg_transform t JOIN pg_language l ON l.oid = t.trflang
  UNION ALL
  SELECT 'pg_ts_config'::regclass, c.oid, c.cfgowner, concat_ws(' ', p.prsname,
    (SELECT string_agg(m.maptokentype || ' ' || m.mapdict::regdictionary, ', ' ORDER BY m.maptokentype, m.mapseqno)
      FROM pg_ts_config_map m WHERE m.mapcfg = c.oid)),
    format('TEXT SEARCH CONFIGURATION %s.%I', c.cfgnamespace::regnamespace, c.cfgname),
    ARRAY[format('CREATE TEXT SEARCH CONFIGURATION %s.%I (PARSER = %s.%I)', c.cfgnamespace::regnamespace, c.cfgname,
      p.prsnamespace::regnamespace, p.prsname)] || ARRAY(
      SELECT format('ALTER TEXT SEARCH CONFIGURATION %s.%I ADD MAPPING FOR %I WITH %s', c.cfgnamespace::regnamespace,
        c.cfgname, t.alias, string_agg(m.mapdict::regdictionary::text, ', ' ORDER BY m.mapseqno))
      FROM pg_ts_config_map m JOIN ts_token_type(p.oid) t ON t.tokid = m.maptokentype
      WHERE m.mapcfg = c.oid GROUP BY t.alias ORDER BY t.alias)
  FROM pg_ts_config c JOIN pg_ts_parser p ON p.oid = c.cfgparser WHERE c.oid >= 16384
  UNION ALL
  SELECT 'pg_ts_dict'::regclass, d.oid, d.dictowner, concat_ws(' ', t.tmplname, d.dictinitoption),
    format('TEXT SEARCH DICTIONARY %s.%I', d.dictnamespace::regnamespace, d.dictname),
    ARRAY[format('CREATE TEXT SEARCH DICTIONARY %s.%I (TEMPLATE = %s.%I%s)', d.dictnamespace::regnamespace, d.dictname,
      t.tmplnamespace::regnamespace, t.tmplname, ', ' || d.dictinitoption)]
  FROM pg_ts_dict d JOIN pg_ts_template t ON t.oid = d.dicttemplate
  UNION ALL
  SELECT 'pg_ts_parser'::regclass, p.oid, NULL, concat_ws(' ', p.prsstart, p.prstoken, p.prsend, p.prslextype),
    format('TEXT SEARCH PARSER %s.%I', p.prsnamespace::regnamespace, p.prsname),
    ARRAY[format('CREATE TEXT SEARCH PARSER %s.%I (%s)', p.prsnamespace::regnamespace, p.prsname, concat_ws(', ',
      'START = ' || p.prsstart, 'GETTOKEN = ' || p.prstoken, 'END = ' || p.prsend, 'LEXTYPES = ' || p.prslextype,
      'HEADLINE = ' || nullif(p.prsheadline, 0)::regproc))]
  FROM pg_ts_parser p
  UNION ALL
  SELECT 'pg_ts_template'::regclass, t.oid, NULL, concat_ws(' ', nullif(t.tmplinit, 0)::regproc, t.tmpllexize),
    format('TEXT SEARCH TEMPLATE %s.%I', t.tmplnamespace::regnamespace, t.tmplname),
    ARRAY[format('CREATE TEXT SEARCH TEMPLATE %s.%I (%s)', t.tmplnamespace::regnamespace, t.tmplname, concat_ws(', ',
      'INIT = ' || nullif(t.tmplinit, 0)::regproc, 'LEXIZE = ' || t.tmpllexize))]
  FROM pg_ts_template t
  UNION ALL
  SELECT 'pg_user_mapping'::regclass, m.umid, m.umuser,
    (SELECT coalesce(string_agg(name, ' ' ORDER BY name), '')
      FROM unnest(m.umoptions) AS option, split_part(option, '=', 1) AS name),
    format('USER MAPPING FOR %s SERVER %I', w.who, m.srvname),
    CASE WHEN m.umoptions IS NULL THEN ARRAY[format('CREATE USER MAPPING FOR %s SERVER %I', w.who, m.srvname)]
      ELSE ARRAY[]::text[] END
  FROM pg_user_mappings m
  CROSS JOIN LATERAL (SELECT CASE WHEN m.umuser = 0 THEN 'PUBLIC' ELSE quote_ident(m.usename) END) w (who)
)
SELECT i.type, coalesce(plain.schema, ''), '',
  coalesce(plain.name || CASE WHEN i.type LIKE 'operator %' THEN substring(i.identity from ' USING [^ ]+$') ELSE '' END,
    i.identity),
  (o.catalog::oid::int8 << 32) | o.oid::int8, 0,
  CASE WHEN o.owner IS NOT NULL THEN pg_get_userbyid(o.owner) END, o.definition, o.target, o.statements
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
SELECT 'security label', '', '', concat_ws(' ', l.provider, 'on', l.kind, l.identity), 0::int8, 0,
  l.label, l.kind, l.role
FROM (
  SELECT l.provider, l.label, regexp_replace(i.type, '^.* column$', 'column'), i.identity, NULL
  FROM pg_seclabel l, pg_identify_object(l.classoid, l.objoid, l.objsubid) i
  UNION ALL
  SELECT l.provider, l.label, 'role', quote_ident(r.rolname), r.rolname
  FROM pg_shseclabel l JOIN pg_roles r ON r.oid = l.objoid
  WHERE l.classoid = 'pg_authid'::regclass
  UNION ALL
  SELECT l.provider, l.label, 'database', NULL, NULL
  FROM pg_shseclabel l JOIN pg_database d ON d.oid = l.objoid
  WHERE l.classoid = 'pg_database'::regclass AND d.datname = current_database()
) l (provider, label, kind, identity, role)
""",
)
