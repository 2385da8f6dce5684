"""How objects come to be: an action for each, with what it needs."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from msgspec.structs import replace

from qb.kit.catalog import Catalog
from qb.kit.facts.base import Fact
from qb.kit.facts.column import ColumnFact
from qb.kit.facts.constraint import ConstraintFact
from qb.kit.facts.function import FunctionFact
from qb.kit.facts.grant import DefaultPrivilegesFact, GrantFact
from qb.kit.facts.index import IndexFact
from qb.kit.facts.kinds import OF_KEYS
from qb.kit.facts.other import OtherFact
from qb.kit.facts.sequence import SequenceFact
from qb.kit.facts.table import TableFact
from qb.kit.facts.view import ViewFact
from qb.kit.planning.action import PlanAction, Verb, name_slot
from qb.kit.planning.ddl.columns import column_differences, inherited_columns
from qb.kit.planning.ddl.constraints import constraint_words
from qb.kit.planning.ddl.parts import CatalogParts
from qb.kit.planning.ddl.rules import creation_lines, owner_and_comment, rule_of
from qb.kit.planning.ddl.sequences import COUNTS, behind_rows, owned_by, owner_column
from qb.kit.planning.ddl.sql_names import RELATIONS_OF_SQL, comment_on, dotted, unwritable
from qb.kit.planning.ddl.tables import (
    alter_table,
    attach,
    create_table,
    is_partition,
    not_null_of,
    partition_of,
    security,
    with_free_name,
)
from qb.kit.planning.fills import ColumnFills, filled_column, is_one_value, set_not_null
from qb.kit.planning.given import GivenByDefault
from qb.kit.planning.sides import implied, loss_name
from qb.kit.qualified import parts as name_parts
from qb.kit.sought import without_arguments
from qb.model.object import Identity
from qb.render.literals import dollar_quoted, string_literal
from qb.types.identifier import LIMIT, quoted

KEY_KINDS: Final = OF_KEYS
_NAMED: Final = frozenset(
    (*RELATIONS_OF_SQL, "sequence", "composite type", "enum", "domain", "range", "base type", "index")
)
"""Kinds of which no two may have one name."""
_WORD: Final = re.compile(r'"((?:[^"]|"")+)"|([A-Za-z_\x80-\U0010ffff][\w$]*)')
_BY: Final = " by "
_COLUMNS: Final = re.compile(r"^CREATE .*?INDEX .*? USING \w+ \((?P<columns>[^()]*)\)", re.DOTALL)


class Makes:
    """Makes what the second catalog has."""

    def __init__(
        self,
        after: CatalogParts,
        given: GivenByDefault | None = None,
        fills: ColumnFills | None = None,
        before: CatalogParts | None = None,
    ) -> None:
        self.before: Final = before or CatalogParts(Catalog({}, {}))
        self.after: Final = after
        self.fills: Final = fills or ColumnFills(after)
        self.given: Final = given or GivenByDefault((), after)
        self._by_name: dict[str, list[Identity]] = defaultdict(list)
        for each in after.catalog:
            if not each.table and each.kind in _NAMED | {"function", "procedure"}:
                self._by_name[without_arguments(each).name].append(each)

    def actions(self, created: Iterable[Identity]) -> Iterator[PlanAction]:
        """For each object that is to be made, of those that have a statement of their own."""
        new = frozenset(created)
        tables = {
            (each.schema, each.name) for each in new if each.kind in RELATIONS_OF_SQL or each.kind == "composite type"
        }
        for identity in sorted(new):
            fact = self.after.catalog[identity]
            if implied(identity, fact, self.after):
                yield from self._follows(identity, fact)
            elif identity.kind in ("column", "attribute"):
                if (identity.schema, identity.table) not in tables:
                    yield from self._column(identity, fact)
            elif isinstance(fact, TableFact):
                yield from self._table(identity, fact)
            else:
                yield from self._any(identity, fact)

    def needs(self, identity: Identity) -> frozenset[Identity]:
        """What an object needs, without what belongs to it."""
        return self.after.needs(identity)

    def _any(self, identity: Identity, fact: Fact) -> Iterator[PlanAction]:
        lines = self._creation(identity, fact)
        makes = {identity}
        if identity.kind in _NAMED and not identity.table:
            makes.add(name_slot(identity))
        needs, likes = self.needs(identity), frozenset[Identity]()
        verb: Verb = "create"
        if isinstance(fact, ConstraintFact) and (index := self.after.index_of(identity)) is not None:
            makes.add(index)
            makes.add(name_slot(index))
            lines += self._said_of_index(index)
        if isinstance(fact, ViewFact):
            columns = self.after.columns(identity.schema, identity.name)
            makes.update(each for each, _ in columns)
            needs = needs.union(*(self.needs(each) for each, _ in columns)) - makes
            for each, column in columns:
                lines += owner_and_comment(each, column, self.after)
        if identity.kind in ("composite type", "domain"):
            inside = self.after.columns(identity.schema, identity.name)
            makes.update(each for each, _ in inside)
            needs = needs.union(*(self.needs(each) for each, _ in inside)) - makes
            for each, column in inside:
                lines += owner_and_comment(each, column, self.after)
        if isinstance(fact, FunctionFact) and fact.sql_body is None:
            likes = frozenset(self._mentioned(fact)) - {identity}
        if identity.kind == "range":
            makes.update(
                each for each in self.after.needing(identity) if implied(each, self.after.get(each), self.after)
            )
        if isinstance(fact, GrantFact):
            needs |= self._givers(identity, fact)
        if isinstance(fact, IndexFact):
            makes.add(name_slot(identity))
        if isinstance(fact, IndexFact) or (isinstance(fact, ConstraintFact) and identity.kind in KEY_KINDS):
            needs |= frozenset(self._of_ancestors(identity))  # or it would be taken for theirs
        if isinstance(fact, DefaultPrivilegesFact):
            verb = "finish"
        if not lines and isinstance(fact, OtherFact):
            raise unwritable(identity)
        if lines:
            yield PlanAction(
                verb,
                identity,
                tuple(lines),
                frozenset(makes),
                needs=frozenset(needs - makes),
                likes=likes | (self._rules_of_domains(needs) - makes),
            )
        if isinstance(fact, SequenceFact) and not fact.identity and fact.column is not None:
            yield self.ownership(identity, fact)
            yield from self._counted(identity, fact)

    def _counted(self, identity: Identity, fact: SequenceFact) -> Iterator[PlanAction]:
        """That a sequence goes on behind the rows, where those are there before it."""
        whose = owner_column(fact)
        if whose is None:
            return
        facts = [parts.column(*whose) for parts in (self.before, self.after)]
        if all(each is not None and each.type in COUNTS for each in facts):
            column = Identity("column", *whose)
            at = Identity("counted", *whose)
            lines = (behind_rows(identity, fact, column),)
            yield PlanAction("create", at, lines, frozenset((at,)), needs=frozenset((identity, column)))

    def _creation(self, identity: Identity, fact: Fact) -> list[str]:
        if rule_of(identity, fact) is None:
            raise unwritable(identity)
        lines = with_free_name(identity, creation_lines(identity, fact, self.after), self.before, self.after)
        return [*lines, *self.given.lines(identity)]

    def ownership(self, identity: Identity, fact: SequenceFact) -> PlanAction:
        """That a column owns a sequence."""
        whose = owner_column(fact)
        at = Identity("owned by", identity.schema, "", identity.name)
        needs = {identity}
        if whose is not None:
            needs.add(Identity("column", *whose))
        return PlanAction("create", at, (owned_by(identity, fact),), frozenset((at,)), needs=frozenset(needs))

    def _column(self, identity: Identity, fact: Fact) -> Iterator[PlanAction]:
        value = self.fills.value(identity, fact) if isinstance(fact, ColumnFact) else None
        asks = says = ""
        makes = {identity}
        if (own := not_null_of(identity, self.after)) is not None and own[1].comment is not None:
            makes.add(own[0])  # whose name has to be free
        if isinstance(fact, ColumnFact) and value is not None and is_one_value(value):
            lines = self._with_value(identity, fact, value)
        elif isinstance(fact, ColumnFact) and value is not None:
            lines = self._creation(identity, replace(fact, not_null=False))
            makes = {Identity("empty column", identity.schema, identity.table, identity.name)}
            yield filled_column(identity, value, frozenset((identity,)), needs=frozenset(makes))
            if fact.not_null:
                yield set_not_null(identity, fact, self.after)
        else:
            lines = self._creation(identity, fact)
            if isinstance(fact, ColumnFact) and self.fills.wants(identity, fact):
                asks = loss_name("fill", identity)
                says = "fails where the table has rows"
        if isinstance(fact, ColumnFact) and fact.identity:
            found = self.after.sequence_of(identity.schema, identity.table, identity.name)
            if found is not None:
                makes |= {found[0], name_slot(found[0])}
                lines += self.given.lines(found[0])
        if isinstance(fact, ColumnFact):
            lines += self._of_children(identity, fact)
        children = frozenset(each for each, of in inherited_columns(identity, self.after) if of.local)
        needs = self.needs(identity).union(children) - makes  # whose own would be there already
        yield PlanAction(
            "create",
            identity,
            tuple(lines),
            frozenset(makes),
            needs=frozenset(needs),
            likes=self._rules_of_domains(needs),
            says=says,
            asks=asks,
        )

    def _of_children(self, column: Identity, fact: ColumnFact) -> Iterator[str]:
        """Where the same column of partitions, and of what inherits, is not as that of its parent."""
        for each, other in inherited_columns(column, self.after):
            if implied(each, other, self.after):
                yield from column_differences(each, fact, other)
                own = not_null_of(each, self.after)
                if own is not None and own[1].local and own[1].inherited:
                    table = alter_table(Identity("table", each.schema, "", each.table))
                    yield f"{table} ALTER COLUMN {quoted(each.name)} SET NOT NULL"
                if other.comment is not None:
                    yield comment_on(each, other, other.comment)

    def _with_value(self, identity: Identity, fact: ColumnFact, value: str) -> list[str]:
        """A column that rows which are there have one and the same value in: none of them is written."""
        head = f"{alter_table(Identity(fact.of, identity.schema, '', identity.table))} ALTER COLUMN"
        lines = self._creation(identity, replace(fact, default=value))
        said = "DROP DEFAULT" if fact.default is None else f"SET DEFAULT {fact.default}"
        return [*lines, f"{head} {quoted(identity.name)} {said}"]

    def _rules_of_domains(self, needs: Iterable[Identity]) -> frozenset[Identity]:
        """What a domain asks of its values: where a composite of it is in a column, it cannot be told any more."""
        return frozenset(
            rule for each in needs if each.kind == "domain" for rule in self.after.within(each.schema, each.name)
        )

    def _table(self, identity: Identity, fact: TableFact) -> Iterator[PlanAction]:
        columns = self.after.columns(identity.schema, identity.name)
        makes = {identity, name_slot(identity), *(each for each, _ in columns)}
        needs = set(self.needs(identity))
        said: list[str] = self.given.lines(identity)
        for each, column in columns:
            needs |= self.needs(each)
            if column.identity:
                found = self.after.sequence_of(each.schema, each.table, each.name)
                if found is not None:
                    makes |= {found[0], name_slot(found[0])}
                    said += self.given.lines(found[0])
        lines: list[str] = []
        apart = is_partition(fact) and not partition_of(identity, fact, self.after)
        within = list(self._inherited(identity)) if apart else []
        lines += create_table(identity, fact, self.after, within)
        if apart:
            lines.append(attach(identity, fact))
        lines += owner_and_comment(identity, fact, self.after)
        for each, column in columns:
            lines += owner_and_comment(each, column, self.after)
        yield PlanAction(
            "create",
            identity,
            (*lines, *said),
            frozenset(makes),
            needs=frozenset(needs - makes),
            likes=self._rules_of_domains(needs),
        )
        if statements := security(identity, None, fact):
            yield self.secured(identity, statements)

    def _inherited(self, table: Identity) -> Iterator[str]:
        """What a partition has to have before it is one."""
        for each in self.after.within(table.schema, table.name):
            fact = self.after.get(each)
            if each.kind == "check" and isinstance(fact, ConstraintFact) and fact.inherited:
                yield constraint_words(each, fact)

    def secured(self, identity: Identity, statements: Iterable[str]) -> PlanAction:
        """Row-level security, after its policies."""
        at = Identity("row security", identity.schema, "", identity.name)
        policies = (each for each in self.after.within(identity.schema, identity.name) if each.kind == "policy")
        return PlanAction("secure", at, tuple(statements), frozenset((at,)), needs=frozenset((identity, *policies)))

    def _follows(self, identity: Identity, fact: Fact) -> Iterator[PlanAction]:
        """What is there by itself, and not in all as it would be."""
        lines: list[str] = []
        needs = {*self.needs(identity)}
        if isinstance(fact, IndexFact) and fact.parent is not None:
            parent = Identity("index", *_parent(fact, self.after))
            table = self.after.relation(identity.schema, identity.table)
            needs |= {parent, *((table,) if table else ())}
            other = self._called_otherwise(identity, fact)
            if other is not None or identity.name != _usual_name(identity, fact, self.after):
                lines.append(renamed_index(identity, fact.parent))
            lines += self._said_of_index(identity)
            if other is not None and other.comment is not None and fact.comment is None:
                lines.append(comment_on(identity, fact, None))
        elif fact.comment is not None and not isinstance(fact, IndexFact | ColumnFact):
            lines.append(comment_on(identity, fact, fact.comment))
        if lines:
            yield PlanAction(
                "alter", identity, tuple(lines), frozenset((identity,)), needs=frozenset(needs - {identity})
            )

    def _called_otherwise(self, index: Identity, fact: IndexFact) -> IndexFact | None:
        """The same index of a partition as it was there, under another name."""
        found = ((each, self.before.get(each)) for each in self.before.within(index.schema, index.table))
        return next(
            (
                one
                for each, one in found
                if isinstance(one, IndexFact) and one.parent == fact.parent and self.after.get(each) is None
            ),
            None,
        )

    def _said_of_index(self, index: Identity) -> list[str]:
        fact = self.after.get(index)
        return owner_and_comment(index, fact, self.after) if fact is not None and fact.comment is not None else []

    def _mentioned(self, fact: FunctionFact) -> Iterator[Identity]:
        """What the text of a function names, as far as one can tell."""
        for name, plain in _WORD.findall(fact.body):
            yield from self._by_name.get(name.replace('""', '"') or plain.lower(), ())

    def _of_ancestors(self, identity: Identity) -> Iterator[Identity]:
        """The indexes and keys of the table that this one's table is a partition of."""
        table = self.after.get(Identity("table", identity.schema, "", identity.table))
        while isinstance(table, TableFact) and is_partition(table):
            schema, name = name_parts(table.inherits[0])
            for each in self.after.within(schema, name):
                if (each.kind == "index" or each.kind in KEY_KINDS) and not implied(
                    each, self.after.get(each), self.after
                ):
                    yield each
            table = self.after.get(Identity("table", schema, "", name))

    def _givers(self, identity: Identity, fact: GrantFact) -> frozenset[Identity]:
        """What those have who give it."""
        by = {each.partition(_BY)[2] for each in fact.privileges if _BY in each}
        if not by:
            return frozenset()
        return frozenset(
            each
            for each, other in self.after.catalog.of(GrantFact).items()
            if other.role in by and other.object == fact.object and each.schema == identity.schema and each != identity
        )


def _parent(fact: IndexFact, parts: CatalogParts) -> tuple[str, str, str]:
    """The index of a partitioned table: its schema, table and name."""
    schema, name = name_parts(fact.parent or "")
    found = parts.index(schema, name)
    return schema, found.table if found is not None else "", name


def _usual_name(identity: Identity, fact: IndexFact, parts: CatalogParts) -> str | None:
    """What the server calls the index of a partition; None where that is not easily told."""
    found = _key_of(identity, fact, parts)
    if found is not None:
        kind, columns = found
        name = {"primary key": f"{identity.table}_pkey", "unique": f"{identity.table}_{'_'.join(columns)}_key"}.get(
            kind
        )
    else:
        match = _COLUMNS.match(fact.definition or "")
        listed = match["columns"].split(",") if match is not None else [""]
        words = [re.sub(r"( DESC| NULLS (FIRST|LAST))+$", "", each.strip()) for each in listed]
        plain = all(re.fullmatch(r"[a-z_][a-z0-9_]*", each) for each in words)
        name = f"{identity.table}_{'_'.join(words)}_idx" if plain else None
    return name if name is not None and len(name.encode()) <= LIMIT else None


def _key_of(identity: Identity, fact: IndexFact, parts: CatalogParts) -> tuple[str, tuple[str, ...]] | None:
    for kind in OF_KEYS:
        found = parts.get(Identity(kind, identity.schema, identity.table, fact.constraint or ""))
        if isinstance(found, ConstraintFact):
            return kind, found.columns
    return None


def renamed_index(identity: Identity, parent: str) -> str:
    """The index of a partition is called what the server makes of its columns: whichever that is, it is renamed."""
    body = (
        "DECLARE found text; named text; BEGIN SELECT i.inhrelid::pg_catalog.regclass::text, c.relname"
        " INTO STRICT found, named FROM pg_catalog.pg_inherits i"
        " JOIN pg_catalog.pg_index x ON x.indexrelid = i.inhrelid JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid"
        f" WHERE i.inhparent = {string_literal(parent)}::pg_catalog.regclass"
        f" AND x.indrelid = {string_literal(dotted(identity.schema, identity.table))}::pg_catalog.regclass;"
        f" IF named <> {string_literal(identity.name)} THEN"
        f" EXECUTE 'ALTER INDEX ' || found || pg_catalog.format(' RENAME TO %I', {string_literal(identity.name)});"
        " END IF; END"
    )
    return f"DO {dollar_quoted(body)}"
