"""`sqlalchemy_models`: tables as declarative models of SQLAlchemy 2, for code that stays with it.

https://docs.sqlalchemy.org/en/20/orm/declarative_tables.html
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from qb.kit.catalog import Catalog
from qb.kit.exporting.sqlalchemy_types import ModelTypes
from qb.kit.exporting.sqlalchemy_words import (
    camel_name,
    dotted_sql,
    key_tail,
    plain_name,
    sa_counting,
    sa_index,
    sa_name,
    sa_schema,
    sa_text,
)
from qb.kit.facts.column import ColumnFact
from qb.kit.facts.constraint import ConstraintFact
from qb.kit.facts.index import IndexFact
from qb.kit.facts.sequence import SequenceFact
from qb.kit.facts.table import TableFact
from qb.kit.facts.type import DomainFact, EnumFact
from qb.kit.planning.ddl.parts import CatalogParts
from qb.kit.planning.ddl.rules import creation_lines
from qb.kit.planning.ddl.tables import is_partition
from qb.kit.qualified import parts as name_parts
from qb.model.filter import Filter
from qb.model.object import Identity

_HEAD: Final = '''"""Written by `qb export sqlalchemy`: change the tables instead, and run it again."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import UserDefinedType


class Base(DeclarativeBase):
    """What all models are of; `Base.metadata` knows their tables."""


class Named(UserDefinedType[Any]):
    """A type that SQLAlchemy has no class for, by its name."""

    cache_ok = True

    def __init__(self, name: str) -> None:
        self.name = name

    def get_col_spec(self, **options: Any) -> str:
        return self.name


def also(table: Any, statement: str) -> None:
    """What SQLAlchemy has no words for is created behind the table, when all others are there."""

    def created(metadata: sa.MetaData, connection: sa.Connection, **options: Any) -> None:
        if table in (options.get("tables") or ()):
            connection.execute(sa.DDL(statement.replace("%", "%%")))

    sa.event.listen(Base.metadata, "after_create", created)


def include_object(item: Any, name: str | None, kind: str, reflected: bool, other: Any) -> bool:
    """For `context.configure` in Alembic's env.py: a table that is no model, as a partition, is never dropped."""
    return kind != "table" or not reflected or other is not None
'''
_TAKEN: Final = (
    *("metadata", "registry", "Base", "Named", "also", "include_object"),
    *("sa", "pg", "dt", "Any", "Decimal", "UUID", "Mapped"),
)
_NULLS: Final = re.compile(r"UNIQUE NULLS NOT DISTINCT \([^()]*\)")
_CHECK: Final = re.compile(r"CHECK \((.*)\)", re.DOTALL)
_NO_NAMES: Final[Mapping[str, str]] = MappingProxyType({})
_COUNTED: Final = ("smallint", "integer", "bigint")


def sqlalchemy_models(catalog: Catalog, *, of: Filter = Filter(), names: Mapping[str, str] = _NO_NAMES) -> str:
    """A module of SQLAlchemy's models, which creates the same tables: `Base.metadata.create_all(engine)`.

    Columns, keys, checks, indexes, enums, domains, partitions and comments are in it; what SQLAlchemy has no words for
    (an index on an expression, an exclusion) is created beside its table. Roles, rights, policies, functions, triggers
    and views are not: no model says them. A table without a primary key, which no model may be, is a `sa.Table`.
    `names` says what classes are called, by tables: `{"public.users": "User"}`. The same catalog gives the same text.

    >>> from qb.kit import canonical, sqlalchemy_models
    >>> text = sqlalchemy_models(canonical(schema(User, Task)).unwrap(), names={"public.users": "User"})
    >>> print(text[text.index("class User(") :])
    class User(Base):
        __tablename__ = "users"
        __table_args__ = (
            sa.PrimaryKeyConstraint("id", name="users_pkey"),
            sa.UniqueConstraint("name", name="users_name_key"),
        )
    <BLANKLINE>
        id: Mapped[int] = mapped_column(sa.BigInteger(), sa.Identity(), nullable=False)
        name: Mapped[str] = mapped_column(sa.String(80), nullable=False)
        ...
    """
    return _Models(catalog, of, names).text()


class _Models:
    def __init__(self, catalog: Catalog, of: Filter, names: Mapping[str, str]) -> None:
        self.parts: Final = CatalogParts(catalog)
        self.catalog: Final = catalog
        self.tables: Final = sorted(
            each
            for each, fact in catalog.of(TableFact).items()
            if each.kind == "table"
            and fact.extension is None
            and not is_partition(fact)
            and of.covers(each.schema, each.name)
        )
        self.taken: Final[set[str]] = set(_TAKEN)
        self.classes: Final = {each: self.free(names.get(each.title) or camel_name(each.name)) for each in self.tables}
        own = [each for each, fact in catalog.items() if isinstance(fact, EnumFact | DomainFact) and not fact.extension]
        self.types_: Final = {
            each: self.free(f"{plain_name(each.name)}_type") for each in sorted(own) if self.sayable(each)
        }
        self.types: Final = ModelTypes(catalog, self.types_)

    def free(self, name: str) -> str:
        while name in self.taken or keyword.iskeyword(name):
            name += "_"
        self.taken.add(name)
        return name

    def sayable(self, type_: Identity) -> bool:
        """A domain with several checks is called by its name alone."""
        return len([each for each in self.parts.within(type_.schema, type_.name) if each.kind == "check"]) < 2

    def text(self) -> str:
        pieces = [_HEAD]
        pieces += [self.type_(each) for each in sorted(self.types_, key=lambda each: (each.kind != "enum", each))]
        pieces += ["\n".join(self.sequences())]
        pieces += [self.table(each) for each in self.tables]
        return "\n\n".join(each.rstrip("\n") for each in pieces if each).rstrip("\n") + "\n"

    def type_(self, identity: Identity) -> str:
        fact = self.catalog[identity]
        more = [f"name={identity.name!r}", *sa_schema(identity.schema), "metadata=Base.metadata"]
        if isinstance(fact, EnumFact):
            return f"\n{self.types_[identity]} = pg.ENUM({', '.join([*map(repr, fact.labels), *more])})"
        assert isinstance(fact, DomainFact)
        given = [repr(identity.name), self.types.of(fact.base).sql, *more[1:]]
        for each in self.parts.within(identity.schema, identity.name):
            check = self.catalog.get(each)
            if isinstance(check, ConstraintFact) and (said := _CHECK.fullmatch(check.definition)) is not None:
                given += [f"constraint_name={each.name!r}", f"check=sa.text({sa_text(said[1])})"]
        given += ["not_null=True"] if fact.not_null else []
        given += [f"default=sa.text({sa_text(fact.default)})"] if fact.default is not None else []
        return f"\n{self.types_[identity]} = pg.DOMAIN({', '.join(given)})"

    def sequences(self) -> Iterator[str]:
        """Those that serials draw from."""
        for identity, fact in sorted(self.catalog.of(SequenceFact).items()):
            if fact.column is None or fact.identity:
                continue
            kind = self.types.of(fact.type).sql
            given = [repr(identity.name), *sa_counting(fact), f"data_type={kind}", *sa_schema(identity.schema)]
            yield f"sa.Sequence({', '.join([*given, 'metadata=Base.metadata'])})"

    def table(self, table: Identity) -> str:
        fact = self.catalog[table]
        assert isinstance(fact, TableFact)
        inside = [(each, self.catalog[each]) for each in sorted(self.parts.within(table.schema, table.name))]
        arguments: list[str] = []
        also: list[str] = []
        keyed = False
        for identity, part in inside:
            if isinstance(part, ConstraintFact) and part.local and identity.kind != "not null":
                if (said := self.constraint(identity, part)) is None:
                    also += creation_lines(identity, part, self.parts)
                else:
                    arguments.append(said)
                    keyed = keyed or identity.kind == "primary key"
            elif isinstance(part, IndexFact) and part.constraint is None and part.definition is not None:
                if (said := sa_index(identity, part)) is None:
                    also += creation_lines(identity, part, self.parts)
                else:
                    arguments.append(said)
        for child in self.parts.children(table.schema, table.name):
            also += creation_lines(child, self.catalog[child], self.parts)
        also += self.owned(table)
        options = dict(self.options(table, fact))
        columns = [
            (each.name, *self.column(each, column)) for each, column in self.parts.columns(table.schema, table.name)
        ]
        name = self.classes[table]
        whose = f"{name}.__table__" if keyed else name
        if keyed:
            lines = self.model(table, name, arguments, options, columns)
        else:
            lines = [f"{name} = sa.Table(", f"    {table.name!r},", "    Base.metadata,"]
            lines += [f"    sa.Column({', '.join([repr(column), *given])})," for column, _, given in columns]
            lines += [f"    {each}," for each in arguments]
            lines += [f"    {key}={value}," for key, value in options.items()] + [")"]
        extra = [f"also({whose}, {each!r})" for each in also]
        if extra and keyed:
            lines += ["", "", *extra]
        else:
            lines += extra
        return "\n" + "\n".join(lines)

    def model(
        self,
        table: Identity,
        name: str,
        arguments: list[str],
        options: Mapping[str, str],
        columns: list[tuple[str, str, list[str]]],
    ) -> list[str]:
        lines = [f"class {name}(Base):", f"    __tablename__ = {sa_name(table.name)}", "    __table_args__ = ("]
        lines += [f"        {each}," for each in arguments]
        if options:
            lines.append(f"        {{{', '.join(f'{sa_name(key)}: {value}' for key, value in options.items())}}},")
        lines += ["    )", ""]
        taken = {"metadata", "registry", *self.taken}
        for column, python, given in columns:
            attribute = plain_name(column)
            while attribute in taken or keyword.iskeyword(attribute) or attribute.startswith("__"):
                attribute = attribute.strip("_") + "_" * (attribute in taken or True)
                if attribute in taken:
                    attribute += "_"
            taken.add(attribute)
            called = [] if attribute == column else [repr(column)]
            lines.append(f"    {attribute}: Mapped[{python}] = mapped_column({', '.join([*called, *given])})")
        return lines

    def column(self, identity: Identity, fact: ColumnFact) -> tuple[str, list[str]]:
        """The annotation, and what `mapped_column` is given."""
        found = self.types.of(fact.type, fact.collation)
        given = [found.sql]
        if fact.identity:
            sequence = self.parts.sequence_of(identity.schema, identity.table, identity.name)
            always = ["always=True"] if fact.identity == "always" else []
            given.append(f"sa.Identity({', '.join([*always, *(sa_counting(sequence[1]) if sequence else ())])})")
        elif fact.generated:
            given.append(f"sa.Computed({sa_text(fact.default or '')}, persisted={fact.generated == 'stored'})")
        elif fact.default is not None:
            given.append(f"server_default=sa.text({sa_text(fact.default)})")
        elif fact.type in _COUNTED:
            given += ["autoincrement=False"] if self.in_key(identity) else []
        given.append(f"nullable={not fact.not_null}")
        given += [f"comment={fact.comment!r}"] if fact.comment is not None else []
        return found.python if fact.not_null else f"{found.python} | None", given

    def in_key(self, column: Identity) -> bool:
        return any(
            each.kind == "primary key" and column.name in getattr(self.catalog[each], "columns", ())
            for each in self.parts.within(column.schema, column.table)
        )

    def constraint(self, identity: Identity, fact: ConstraintFact) -> str | None:
        """It as SQLAlchemy says it; None where it has no words for it."""
        columns = ", ".join(map(sa_name, fact.columns))
        name = f"name={sa_name(identity.name)}"
        late = {"immediate": ["deferrable=True"], "deferred": ["deferrable=True", "initially='DEFERRED'"]}
        more = [name, *late.get(fact.deferrable, [])]
        if not fact.valid or fact.comment is not None:
            return None
        match identity.kind:
            case "unique" if _NULLS.fullmatch(fact.definition) is not None:
                return f"sa.UniqueConstraint({', '.join([columns, *more, 'postgresql_nulls_not_distinct=True'])})"
            case "primary key" | "unique" if " " not in key_tail(fact.definition):
                kind = "PrimaryKeyConstraint" if identity.kind == "primary key" else "UniqueConstraint"
                return f"sa.{kind}({', '.join([columns, *more])})"
            case "check" if (said := _CHECK.fullmatch(fact.definition)) is not None:
                return f"sa.CheckConstraint({', '.join([sa_text(said[1]), *more])})"
            case "foreign key" if fact.target is not None and "PERIOD" not in fact.definition:
                schema, target = name_parts(fact.target)
                there = [target if schema in ("", "public") else f"{schema}.{target}"]
                if "." in target or "." in schema or any("." in each for each in fact.target_columns):
                    return None
                theirs = ", ".join(sa_name(f"{there[0]}.{each}") for each in fact.target_columns)
                for word, option in (("ON DELETE ", "ondelete"), ("ON UPDATE ", "onupdate")):
                    done = re.search(rf"{word}(CASCADE|RESTRICT|SET (?:NULL|DEFAULT)(?: \([^)]*\))?)", fact.definition)
                    more += [f"{option}={done[1]!r}"] if done is not None else []
                more += ["match='FULL'"] if " MATCH FULL" in fact.definition else []
                return f"sa.ForeignKeyConstraint([{columns}], [{theirs}], {', '.join(more)})"
            case _:
                return None

    def options(self, table: Identity, fact: TableFact) -> Iterator[tuple[str, str]]:
        if table.schema != "public":
            yield "schema", repr(table.schema)
        if fact.comment is not None:
            yield "comment", repr(fact.comment)
        if fact.persistence == "unlogged":
            yield "prefixes", "['UNLOGGED']"
        if fact.partition_key is not None:
            yield "postgresql_partition_by", repr(fact.partition_key)
        plain = [each for each in fact.options if not each.startswith("toast.")]
        if plain:
            yield "postgresql_with", repr(dict(each.split("=", 1) for each in plain))

    def owned(self, table: Identity) -> Iterator[str]:
        """The sequences of serials go with their columns."""
        for column, _ in self.parts.columns(table.schema, table.name):
            found = self.parts.sequence_of(table.schema, table.name, column.name)
            if found is not None and not found[1].identity:
                sequence = dotted_sql(found[0].schema, found[0].name)
                yield f"ALTER SEQUENCE {sequence} OWNED BY {dotted_sql(column.schema, column.table, column.name)}"
