"""What a database is, in the server's own words: beside the kit's reading of catalogs, and independent of it.

Left out is what nobody says of a database, as in the kit's own comparison: in which order columns stand, how the server
calls a NOT NULL, whether a materialized view is filled, and types that come with something else.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from qb import sql, trusted
from qb.run.database.db import Db

_OURS: Final = "n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'qb')"
_NOT_AN_EXTENSIONS: Final = (
    "NOT EXISTS (SELECT FROM pg_depend e WHERE e.objid = {oid} AND e.classid = '{of}'::regclass AND e.deptype = 'e')"
)


def _kept(oid: str, of: str) -> str:
    return f"{_OURS} AND {_NOT_AN_EXTENSIONS.format(oid=oid, of=of)}"


def _sorted(options: str) -> str:
    return f"(SELECT string_agg(o, ', ' ORDER BY o) FROM unnest({options}) o)"


def _grants(acl: str, kind: str, owner: str) -> str:
    """Who may do what, the owner and everybody by default included."""
    return (
        "(SELECT string_agg(format('%s=%s%s by %s', a.grantee::regrole, a.privilege_type,"
        " CASE WHEN a.is_grantable THEN '*' END, a.grantor::regrole), ' '"
        " ORDER BY a.grantee::regrole::text, a.privilege_type, a.grantor)"
        f" FROM aclexplode(coalesce({acl}, acldefault('{kind}', {owner}))) a)"
    )


_READINGS: Final[tuple[str, ...]] = (
    f"""SELECT 'schema', format('%I', n.nspname), ''
    FROM pg_namespace n WHERE {_kept("n.oid", "pg_namespace")}""",
    f"""SELECT 'relation', c.oid::regclass::text, concat_ws('|', c.relkind,
        c.relpersistence, {_sorted("c.reloptions")},
      {_sorted("t.reloptions")}, c.relrowsecurity, c.relforcerowsecurity, c.relreplident, c.relispartition,
      pg_get_expr(c.relpartbound, c.oid), CASE c.relkind WHEN 'p' THEN pg_get_partkeydef(c.oid) END,
      (SELECT spcname FROM pg_tablespace s WHERE s.oid = c.reltablespace),
      (SELECT amname FROM pg_am a WHERE a.oid = c.relam),
      CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END, NULLIF(c.reloftype, 0)::regtype,
      (SELECT string_agg(i.inhparent::regclass::text, ',' ORDER BY i.inhseqno) FROM pg_inherits i
        WHERE i.inhrelid = c.oid))
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_class t ON t.oid = c.reltoastrelid
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'c') AND {_kept("c.oid", "pg_class")}""",
    f"""SELECT 'column', format('%s.%I', a.attrelid::regclass, a.attname), concat_ws('|',
      format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated,
      pg_get_expr(d.adbin, d.adrelid), NULLIF(a.attcollation, y.typcollation)::regcollation,
      CASE WHEN a.attstorage <> y.typstorage THEN a.attstorage END, a.attcompression, a.attstattarget,
      {_sorted("a.attoptions")}, a.attinhcount > 0, a.attislocal)
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_type y ON y.oid = a.atttypid
    LEFT JOIN pg_attrdef d ON (d.adrelid, d.adnum) = (a.attrelid, a.attnum)
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c') AND a.attnum > 0 AND NOT a.attisdropped
    AND {_kept("c.oid", "pg_class")}""",
    f"""SELECT 'constraint', format('%I on %s%s', o.conname, NULLIF(o.conrelid, 0)::regclass,
        NULLIF(o.contypid, 0)::regtype),
      concat_ws('|', CASE WHEN o.conislocal THEN concat_ws('|', pg_get_constraintdef(o.oid), o.convalidated)
        ELSE replace(pg_get_constraintdef(o.oid), ' NOT VALID', '') END, o.coninhcount > 0, o.conislocal,
      o.conparentid > 0)
    FROM pg_constraint o JOIN pg_namespace n ON n.oid = o.connamespace
    WHERE o.contype NOT IN ('n', 't') AND {_kept("coalesce(NULLIF(o.conrelid, 0), o.contypid)", "pg_class")}""",
    f"""SELECT 'not null', format('%s.%I', o.conrelid::regclass, a.attname),
      concat_ws('|', o.convalidated, o.coninhcount > 0, o.conislocal, o.connoinherit)
    FROM pg_constraint o JOIN pg_namespace n ON n.oid = o.connamespace
    JOIN pg_attribute a ON (a.attrelid, a.attnum) = (o.conrelid, o.conkey[1])
    WHERE o.contype = 'n' AND o.conrelid > 0 AND {_kept("o.conrelid", "pg_class")}""",
    f"""SELECT 'index', i.indexrelid::regclass::text,
      concat_ws('|', pg_get_indexdef(i.indexrelid), i.indisvalid, i.indisclustered, i.indisreplident,
      (SELECT string_agg(format('%s %s', a.attnum, a.attstattarget), ',' ORDER BY a.attnum) FROM pg_attribute a
        WHERE a.attrelid = i.indexrelid AND a.attstattarget IS NOT NULL))
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE {_kept("i.indrelid", "pg_class")}""",
    f"""SELECT 'trigger', format('%I on %s', t.tgname, t.tgrelid::regclass),
      concat_ws('|', pg_get_triggerdef(t.oid), t.tgenabled, t.tgparentid > 0)
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE NOT t.tgisinternal AND {_kept("c.oid", "pg_class")}""",
    f"""SELECT 'rule', format('%I on %s', r.rulename, r.ev_class::regclass), concat_ws('|', pg_get_ruledef(r.oid),
        r.ev_enabled)
    FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE r.rulename <> '_RETURN' AND {_kept("c.oid", "pg_class")}""",
    f"""SELECT 'policy', format('%I on %s', p.polname, p.polrelid::regclass), concat_ws('|', p.polcmd,
        p.polpermissive,
      (SELECT string_agg(r::regrole::text, ',' ORDER BY r::regrole::text) FROM unnest(p.polroles) r),
      pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
    FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE {_kept("c.oid", "pg_class")}""",
    f"""SELECT 'routine', p.oid::regprocedure::text, concat_ws('|', p.prokind,
      CASE WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid) END)
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE {_kept("p.oid", "pg_proc")}""",
    f"""SELECT 'type', t.oid::regtype::text, concat_ws('|', t.typtype,
      (SELECT string_agg(quote_literal(e.enumlabel), ',' ORDER BY e.enumsortorder) FROM pg_enum e
        WHERE e.enumtypid = t.oid),
      CASE t.typtype WHEN 'd' THEN format('%s %s %s %s', format_type(t.typbasetype, t.typtypmod), t.typnotnull,
        t.typdefault,
        (SELECT b.typcollation = t.typcollation FROM pg_type b WHERE b.oid = t.typbasetype)) END,
      (SELECT format('%s %s %s %s %s', r.rngsubtype::regtype, r.rngmultitypid::regtype,
        NULLIF(r.rngcollation, 0)::regcollation,
        r.rngcanonical, r.rngsubdiff) FROM pg_range r WHERE r.rngtypid = t.oid))
    FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace LEFT JOIN pg_class c ON c.oid = t.typrelid
    WHERE t.typcategory <> 'A' AND (c.relkind IS NULL OR c.relkind = 'c') AND {_kept("t.oid", "pg_type")}""",
    f"""SELECT 'sequence', s.seqrelid::regclass::text, concat_ws('|', format_type(s.seqtypid, NULL), s.seqstart,
        s.seqincrement,
      s.seqmin, s.seqmax, s.seqcache, s.seqcycle, (SELECT format('%s of %s.%I', d.deptype, a.attrelid::regclass,
        a.attname)
        FROM pg_depend d JOIN pg_attribute a ON (a.attrelid, a.attnum) = (d.refobjid, d.refobjsubid)
        WHERE d.objid = s.seqrelid AND d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
        AND d.deptype IN ('a', 'i')))
    FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE {_kept("c.oid", "pg_class")}""",
    f"""SELECT 'statistics', format('%I.%I', n.nspname, s.stxname), concat_ws('|', s.stxrelid::regclass, s.stxkind,
        s.stxstattarget,
      (SELECT string_agg(a.attname, ',' ORDER BY a.attname) FROM pg_attribute a
        WHERE a.attrelid = s.stxrelid AND a.attnum = ANY (s.stxkeys)), pg_get_expr(s.stxexprs, s.stxrelid))
    FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace
        WHERE {_kept("s.oid", "pg_statistic_ext")}""",
    f"""SELECT 'granted', x.kind || ' ' || x.name, x.acl FROM (
      SELECT 'schema' kind, n.nspname::text name, {_grants("n.nspacl", "n", "n.nspowner")} acl,
        {_grants("NULL", "n", "n.nspowner")} usual FROM pg_namespace n WHERE {_OURS}
      UNION ALL SELECT 'relation', c.oid::regclass::text, {_grants("c.relacl", "r", "c.relowner")},
        {_grants("NULL", "r", "c.relowner")}
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind <> 'S' AND {_OURS}
      UNION ALL SELECT 'sequence', c.oid::regclass::text, {_grants("c.relacl", "s", "c.relowner")},
        {_grants("NULL", "s", "c.relowner")}
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'S' AND {_OURS}
      UNION ALL SELECT 'column', format('%s.%I', c.oid::regclass,
        a.attname), {_grants("a.attacl", "c", "c.relowner")}, NULL
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE a.attacl IS NOT NULL AND NOT a.attisdropped AND {_OURS}
      UNION ALL SELECT 'routine', p.oid::regprocedure::text, {_grants("p.proacl", "f", "p.proowner")},
        {_grants("NULL", "f", "p.proowner")} FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE {_OURS}
      UNION ALL SELECT 'type', t.oid::regtype::text, {_grants("t.typacl", "T", "t.typowner")},
        {_grants("NULL", "T", "t.typowner")} FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
        WHERE t.typcategory <> 'A' AND {_OURS}
    ) x WHERE x.acl IS DISTINCT FROM x.usual""",
    """SELECT 'granted by default', format('%s %s %s', d.defaclrole::regrole,
        NULLIF(d.defaclnamespace, 0)::regnamespace,
      d.defaclobjtype), (SELECT string_agg(format('%s=%s%s', a.grantee::regrole, a.privilege_type,
        CASE WHEN a.is_grantable THEN '*' END), ' ' ORDER BY a.grantee::regrole::text, a.privilege_type)
        FROM aclexplode(d.defaclacl) a) FROM pg_default_acl d""",
    """SELECT 'publication', p.pubname, concat_ws('|', p.puballtables, p.pubinsert, p.pubupdate, p.pubdelete,
        p.pubtruncate,
      p.pubviaroot, (SELECT string_agg(format('%s %s %s', r.prrelid::regclass, pg_get_expr(r.prqual, r.prrelid),
        (SELECT string_agg(a.attname, ',' ORDER BY a.attname) FROM pg_attribute a
          WHERE a.attrelid = r.prrelid AND a.attnum = ANY (r.prattrs))), ', ' ORDER BY r.prrelid::regclass::text)
        FROM pg_publication_rel r WHERE r.prpubid = p.oid),
      (SELECT string_agg(s.pnnspid::regnamespace::text, ',' ORDER BY s.pnnspid::regnamespace::text)
        FROM pg_publication_namespace s WHERE s.pnpubid = p.oid)) FROM pg_publication p""",
    """SELECT 'comment', o.type || ' ' || o.identity, d.description FROM pg_description d
    LEFT JOIN pg_constraint k ON k.oid = d.objoid AND d.classoid = 'pg_constraint'::regclass AND k.contype = 'n',
    pg_identify_object(d.classoid, d.objoid, d.objsubid) o
    WHERE d.objoid >= 16384 AND k.oid IS NULL AND o.schema IS DISTINCT FROM 'qb'""",
    """SELECT 'role', r.rolname, concat_ws('|', r.rolsuper, r.rolinherit, r.rolcreaterole, r.rolcreatedb,
        r.rolcanlogin,
      r.rolreplication, r.rolbypassrls, r.rolconnlimit, (SELECT string_agg(format('%s %s %s', m.roleid::regrole,
        m.admin_option, m.inherit_option), ',' ORDER BY m.roleid::regrole::text) FROM pg_auth_members m
        WHERE m.member = r.oid), shobj_description(r.oid, 'pg_authid')) FROM pg_roles r WHERE r.oid >= 16384""",
    """SELECT 'there is', o.type, o.identity FROM (SELECT DISTINCT d.classid, d.objid FROM pg_depend d
      WHERE d.objid >= 16384
        AND d.classid IN ('pg_cast'::regclass, 'pg_collation'::regclass, 'pg_conversion'::regclass,
        'pg_event_trigger'::regclass, 'pg_extension'::regclass, 'pg_foreign_data_wrapper'::regclass,
        'pg_foreign_server'::regclass, 'pg_language'::regclass, 'pg_opclass'::regclass, 'pg_operator'::regclass,
        'pg_opfamily'::regclass, 'pg_transform'::regclass, 'pg_ts_config'::regclass, 'pg_ts_dict'::regclass,
        'pg_ts_parser'::regclass, 'pg_ts_template'::regclass, 'pg_user_mapping'::regclass)) d,
      pg_identify_object(d.classid, d.objid, 0) o""",
)  # fmt: skip
_EVERYTHING: Final = "\nUNION ALL\n".join(f"SELECT * FROM ({each}) x (kind, name, said)" for each in _READINGS)
_SORTED: Final = f"SELECT concat_ws(' ', kind, name, said) FROM (\n{_EVERYTHING}\n) every ORDER BY 1"
_LINES: Final = _SORTED.replace("{", "{{").replace("}", "}}")


def server_says(db: Db) -> tuple[str, ...]:
    """All that a database is, a line each, in order."""
    with db.transaction() as tx:
        tx.raising.execute(sql("SET LOCAL search_path = pg_catalog").command())
        return tuple(tx.raising.all(sql(trusted(_LINES)).rows(str)))


def no_difference(found: tuple[str, ...], wanted: tuple[str, ...], *, grants: bool = True) -> None:
    """Both are the same, line by line; with what is granted, where it is looked at."""
    kept = [[each for each in lines if grants or not each.startswith("granted ")] for lines in (found, wanted)]
    one, other = map(Counter, kept)
    more = [f"IS THERE: {each}" for each in sorted((one - other).elements())]
    less = [f"MISSING:  {each}" for each in sorted((other - one).elements())]
    assert not more + less, "\n".join(more + less)
