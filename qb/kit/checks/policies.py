"""What is doubtful about row-level security where there is some.

https://www.postgresql.org/docs/current/ddl-rowsecurity.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from qb.kit.checks.hit import Hit, enumerated
from qb.kit.checks.sql_text import calls_for_each_row, names_relation
from qb.kit.checks.subject import Subject, Where
from qb.kit.facts.policy import PolicyFact
from qb.kit.facts.table import TableFact
from qb.model.object import Identity

_EACH: Final = ("select", "insert", "update", "delete")
_ASKED_ONCE: Final = r"auth\.(?:uid|role|jwt|email)|current_setting"
_ALWAYS: Final = re.compile(r"true|NOT false|(\d+|'(?:[^']|'')*'(?:::[\w ]+)?) = \1")
"""What is true of every row, as the server writes it: `true`, `1 = 1`."""
_USER_METADATA: Final = ("user_metadata", "raw_user_meta_data")


def without_policy(subject: Subject) -> Iterator[Hit]:
    """Row security is on, and nobody but who is above it sees a row: right for what a server alone reads."""
    for identity, fact in subject.tables.items():
        own = subject.policies.get((identity.schema, identity.name), {})
        if fact.row_security and not any(each.permissive for each in own.values()):
            text = "it has row security and no policy that lets somebody in, so that it shows no row but to its owner"
            yield Hit(identity, text, "give it a policy, or say that it is meant")


def without_row_security(subject: Subject) -> Iterator[Hit]:
    """Policies that nobody is held to."""
    for identity, fact in subject.tables.items():
        own = subject.policies.get((identity.schema, identity.name), {})
        if own and not fact.row_security:
            text = f"it has policies ({enumerated(sorted(each.name for each in own))}), and row security is not on"
            yield Hit(identity, text, "ALTER TABLE ... ENABLE ROW LEVEL SECURITY: say rls=True", tuple(sorted(own)))


def every_row(subject: Subject) -> Iterator[Hit]:
    """`USING (true)` for everybody: row security is on, and keeps nothing."""
    for identity, fact in _of_outside(subject):
        if fact.permissive:
            clauses = [name for name, text in _conditions(fact) if _ALWAYS.fullmatch(text.strip().strip("()"))]
            if clauses:
                who = _who(fact)
                rows = "any row" if clauses == ["WITH CHECK"] else "every row"
                text = f"its {enumerated(clauses)} is true, so that {who} may {_commands(fact)} {rows}"
                yield Hit(identity, text, "say which rows, or silence it where all are meant")


def for_each_row(subject: Subject) -> Iterator[Hit]:
    """Who is asking is the same for each row: in a query of its own it is asked once."""
    for identity, fact in subject.ours(PolicyFact).items():
        for _, condition in _conditions(fact):
            if (called := calls_for_each_row(condition, _ASKED_ONCE)) is not None:
                text = f"it calls {called}() for each row"
                yield Hit(identity, text, f"write (SELECT {called}()), which is asked once")
                break


def for_one_command(subject: Subject) -> Iterator[Hit]:
    """Each permissive policy is asked of each row until one holds: one with OR is cheaper, and read as a whole."""
    for (schema, name), policies in sorted(subject.policies.items()):
        table = Identity("table", schema, "", name)
        if not subject.is_ours(table):
            continue
        roles = sorted({role for fact in policies.values() for role in fact.roles})
        told = set[tuple[str, ...]]()
        for command in _EACH:
            for role in roles:
                asked = [
                    identity
                    for identity, fact in sorted(policies.items())
                    if fact.permissive and fact.command in (command, "all") and {role, "public"} & set(fact.roles)
                ]
                names = tuple(each.name for each in asked)
                if len(names) > 1 and names not in told:
                    told.add(names)
                    who = "everybody" if role == "public" else role
                    text = f"{who} is let {command} by {len(names)} policies: {enumerated(names)}"
                    yield Hit(table, text, "make one of them, with OR", tuple(asked))


def trusts_metadata(subject: Subject) -> Iterator[Hit]:
    """A user of Supabase writes his metadata himself, so what a policy reads there is what he says."""
    for identity, fact in subject.ours(PolicyFact).items():
        for _, condition in _conditions(fact):
            if found := next((each for each in _USER_METADATA if each in condition), None):
                text = f"it reads {found}, which each user writes himself"
                yield Hit(identity, text, "take app_metadata, or a table of your own")
                break


def circle(subject: Subject) -> Iterator[Hit]:
    """Policies that read each other's tables: PostgreSQL refuses the query when it is asked."""
    told = set[frozenset[Where]]()
    for identity, fact in subject.ours(PolicyFact).items():
        way = _circle(subject, identity, fact) if fact.command in _READING else None
        if way is None or frozenset(way) in told:
            continue
        told.add(frozenset(way))
        tables = " reads ".join(f"{schema}.{name}" for schema, name in (*way, way[0]))
        text = f"it ends nowhere: {tables}, whose policy asks again"
        fix = "ask in a function with security definer, whose query is held to no policy"
        yield Hit(identity, text, fix, tuple(Identity("table", schema, "", name) for schema, name in way))


_READING: Final = ("select", "all")
"""The commands whose policies are asked of what a query reads."""


def _circle(subject: Subject, start: Identity, first: PolicyFact) -> tuple[Where, ...] | None:
    """The tables on the way from a policy back to its table, for some role that all of them are about."""
    home = (start.schema, start.table)
    for role in first.roles:
        stack: list[tuple[Identity, PolicyFact, tuple[Where, ...]]] = [(start, first, (home,))]
        seen: set[Identity] = set()
        while stack:
            identity, fact, way = stack.pop()
            if identity in seen:
                continue
            seen.add(identity)
            for table in _read(subject, identity, fact):
                here = subject.catalog.get(Identity("table", table[0], "", table[1]))
                if not isinstance(here, TableFact) or not here.row_security:
                    continue
                if table == home:
                    return way
                for each, policy in subject.policies.get(table, {}).items():
                    about = role == "public" or not {role, "public"}.isdisjoint(policy.roles)
                    if about and policy.command in _READING:
                        stack.append((each, policy, (*way, table)))
    return None


def _read(subject: Subject, identity: Identity, fact: PolicyFact) -> Iterator[Where]:
    """The tables that the query of a policy reads with the rights of who asks."""
    for need in sorted(subject.read_by(identity)):
        if need.kind == "table":
            if fact.using is not None and names_relation(fact.using, need.schema, need.name):
                yield need.schema, need.name
        elif need.kind == "view":
            own = subject.base_tables(need)
            through = (each for each in subject.read_by(need) if each.kind == "table" and each not in own)
            yield from ((each.schema, each.name) for each in sorted(through))


def _of_outside(subject: Subject) -> Iterator[tuple[Identity, PolicyFact]]:
    """The policies that are about who comes from outside."""
    for identity, fact in subject.ours(PolicyFact).items():
        if not {"public", *subject.exposed}.isdisjoint(fact.roles):
            yield identity, fact


def _conditions(fact: PolicyFact) -> list[tuple[str, str]]:
    both = (("USING", fact.using), ("WITH CHECK", fact.with_check))
    return [(name, text) for name, text in both if text is not None]


def _commands(fact: PolicyFact) -> str:
    return "do all with" if fact.command == "all" else fact.command


def _who(fact: PolicyFact) -> str:
    return "everybody" if "public" in fact.roles else enumerated(fact.roles)
