"""What an object that is made anew has in the database in which a plan is run, and the history knows nothing of: its
owner, what others may do with it, and who publishes it. It is read there before the object goes, and said again behind.

What is read is kept in a setting of the session, from one transaction to the next.
https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-SET
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from qb.frozen import with_parts
from qb.kit.facts.grant import GrantFact
from qb.kit.facts.publication import PublicationFact
from qb.kit.history.blocks_of_catalog import KEPT_SETTING
from qb.kit.planning.action import PlanAction
from qb.kit.planning.closure import Closure
from qb.kit.planning.ddl.sql_names import ROUTINE_KINDS, dotted, object_words, routine_name
from qb.kit.planning.renaming import hash_of
from qb.kit.planning.sides import Sides
from qb.model.object import Identity
from qb.render.literals import dollar_quoted, string_literal

_KINDS: Final = frozenset(("table", "view", "materialized view", "function", "procedure", "column"))
_GRANTED: Final = (
    "SELECT 2, pg_catalog.concat('GRANT ', x.privilege_type{of}, ' ON ', {on}, ' TO ', CASE x.grantee WHEN 0 THEN"
    " 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) END, CASE WHEN x.is_grantable THEN"
    " ' WITH GRANT OPTION' ELSE '' END) FROM {from_}, pg_catalog.aclexplode({acl}) x WHERE {where}"
    " AND x.grantee <> {owner} AND CASE x.grantee WHEN 0 THEN 'public' ELSE pg_catalog.pg_get_userbyid(x.grantee) END"
    " <> ALL ({known})"
)


class Remembered:
    """Puts two statements more around what goes and comes again."""

    def __init__(self, sides: Sides, closure: Closure) -> None:
        self.sides: Final = sides
        self.anew: Final = {
            sides.new_name(was): was for was in sorted(closure.anew) if was.kind in _KINDS and was in sides.now
        }
        """By their new names, which they have before they go."""

    def actions(self, actions: Iterable[PlanAction]) -> Iterator[PlanAction]:
        """The same actions."""
        known = list(actions)
        made = {each.identity for each in known if each.verb == "create"}
        again = {named: self._behind(named, made) for named in self.anew}
        last = {place: named for named, place in again.items() if place is not None}
        for each in known:
            if each.verb in ("end", "lose") and (gone := sorted(each.ends & set(last.values()))):
                first = tuple(self._read(named) for named in gone)
                yield with_parts(each, statements=(*first, *each.statements))
            elif each.verb == "create" and each.identity in last:
                yield with_parts(each, statements=(*each.statements, _said_again(last[each.identity])))
            else:
                yield each

    def _behind(self, named: Identity, made: set[Identity]) -> Identity | None:
        """What it is said behind: that it is made, of a table whose rows go over that they have."""
        rows = Identity("rows", named.schema, "", named.name)
        return rows if named.kind == "table" and rows in made else named if named in made else None

    def _read(self, named: Identity) -> str:
        lines = " UNION ALL ".join(self._lines(named))
        found = f"(SELECT pg_catalog.string_agg(line, '; ' ORDER BY place, line) FROM ({lines}) AS said (place, line))"
        body = f"BEGIN PERFORM pg_catalog.set_config({_setting(named)}, coalesce({found}, ''), false); END"
        return f"DO {dollar_quoted(body)}"

    def _lines(self, named: Identity) -> Iterator[str]:
        if named.kind == "column":
            yield self._of_columns(Identity("table", named.schema, "", named.table), (named.name,))
            return
        routine = named.kind in ROUTINE_KINDS
        words = object_words(named)
        name = routine_name(named) if routine else dotted(named.schema, named.name)
        looked = f"pg_catalog.{'to_regprocedure' if routine else 'to_regclass'}({string_literal(name)})"
        table, owner, acl = ("pg_proc", "proowner", "proacl") if routine else ("pg_class", "relowner", "relacl")
        if not self.sides.ours.owners:
            yield (
                f"SELECT 1, {string_literal(f'ALTER {words} OWNER TO ')} || pg_catalog.quote_ident("
                f"pg_catalog.pg_get_userbyid(c.{owner})) FROM pg_catalog.{table} c WHERE c.oid = {looked}"
                f" AND pg_catalog.pg_get_userbyid(c.{owner}) <> current_user"
            )
        said = words if routine else f"TABLE {name}"
        known = self._known(named, self.anew[named], column=False)
        from_, where = f"pg_catalog.{table} c", f"c.oid = {looked}"
        on = string_literal(said)
        yield _GRANTED.format(of="", on=on, from_=from_, acl=f"c.{acl}", where=where, owner=f"c.{owner}", known=known)
        if routine:
            if "'public'" not in known:
                yield (
                    f"SELECT 2, {string_literal(f'REVOKE EXECUTE ON {said} FROM PUBLIC')} FROM {from_} WHERE {where}"
                    f" AND c.{acl} IS NOT NULL AND NOT EXISTS"
                    f" (SELECT FROM pg_catalog.aclexplode(c.{acl}) x WHERE x.grantee = 0)"
                )
            return
        yield self._of_columns(named, (each.name for each, _ in self.sides.after.columns(named.schema, named.name)))
        if named.kind == "table":
            yield self._published(name, looked)

    def _of_columns(self, table: Identity, names: Iterable[str]) -> str:
        name = dotted(table.schema, table.name)
        was = self.sides.was.get(table, table)
        return _GRANTED.format(
            of=", ' (', pg_catalog.quote_ident(a.attname), ')'",
            on=string_literal(f"TABLE {name}"),
            from_="pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid",
            acl="a.attacl",
            where=f"c.oid = pg_catalog.to_regclass({string_literal(name)}) AND a.attname = ANY ({_array(names)})",
            owner="c.relowner",
            known=self._known(table, was, column=True),
        )

    def _published(self, name: str, looked: str) -> str:
        both = (self.sides.before.catalog, self.sides.after.catalog)
        known = _array(each.name for catalog in both for each in catalog.of(PublicationFact))
        return (
            f"SELECT 3, pg_catalog.concat('ALTER PUBLICATION ', pg_catalog.quote_ident(p.pubname), ' ADD TABLE ',"
            f" {string_literal(name)}, (SELECT ' (' || pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ')"
            " || ')' FROM pg_catalog.pg_attribute a WHERE a.attrelid = r.prrelid AND a.attnum = ANY"
            " (r.prattrs::pg_catalog.int2[])), ' WHERE (' || pg_catalog.pg_get_expr(r.prqual, r.prrelid) || ')')"
            " FROM pg_catalog.pg_publication_rel r JOIN pg_catalog.pg_publication p ON p.oid = r.prpubid"
            f" WHERE r.prrelid = {looked} AND p.pubname <> ALL ({known})"
        )

    def _known(self, named: Identity, was: Identity, *, column: bool) -> str:
        """The roles of which the plan itself says what they may do with it."""
        roles: set[str] = set()
        for parts, at in ((self.sides.before, was), (self.sides.after, named)):
            for each, fact in parts.catalog.of(GrantFact).items():
                of = (each.schema, fact.object) == (at.schema, at.name) and fact.kind in (at.kind, "column")
                if of and (fact.column is not None) == column:
                    roles.add(fact.role)
        return _array(sorted(roles))


def _said_again(named: Identity) -> str:
    value = f"pg_catalog.current_setting({_setting(named)}, true)"
    body = (
        f"BEGIN IF {value} <> '' THEN EXECUTE {value};"
        f" PERFORM pg_catalog.set_config({_setting(named)}, '', false); END IF; END"
    )
    return f"DO {dollar_quoted(body)}"


def _setting(named: Identity) -> str:
    return string_literal(f"{KEPT_SETTING}{hash_of(named):08x}")


def _array(names: Iterable[str]) -> str:
    return f"ARRAY[{', '.join(map(string_literal, dict.fromkeys(names)))}]::pg_catalog.name[]"
