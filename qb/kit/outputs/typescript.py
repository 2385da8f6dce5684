"""`typescript`: a database as the type that Supabase's clients are given, `createClient<Database>(...)`.

https://supabase.com/docs/reference/javascript/typescript-support
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from qb.kit.catalog import Catalog
from qb.kit.drawn.contents import Contents, contents
from qb.kit.facts.column import ColumnFact
from qb.kit.facts.function import FunctionFact
from qb.kit.facts.table import TableFact
from qb.kit.facts.type import CompositeFact, EnumFact
from qb.kit.outputs.typescript_types import (
    TsArgument,
    TypeScriptTypes,
    pieces_between,
    table_columns,
    ts_arguments,
    ts_key,
    ts_text,
    ts_union,
)
from qb.kit.qualified import parts, routine_parts
from qb.model.filter import Filter
from qb.model.object import Identity

_HEAD: Final = """\
// Written by `qb types`: change the tables instead, and run it again.

export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[]
"""
_HELPERS: Final = """
type Schemas = Omit<Database, "__InternalSupabase">
type Named<Group extends "Tables" | "Views" | "Enums" | "CompositeTypes", S extends keyof Schemas> = Schemas[S][Group]
type Relation<S extends keyof Schemas> = Named<"Tables", S> & Named<"Views", S>
type Part<T, K extends string> = T extends { [Each in K]: infer Found } ? Found : never

/** A row: `Tables<"orders">`, `Tables<{ schema: "app" }, "orders">`. */
export type Tables<
  Name extends keyof Relation<DefaultSchema> | { schema: keyof Schemas },
  In extends Name extends { schema: keyof Schemas } ? keyof Relation<Name["schema"]> : never = never,
> = Name extends { schema: keyof Schemas }
  ? Part<Relation<Name["schema"]>[In], "Row">
  : Name extends keyof Relation<DefaultSchema>
    ? Part<Relation<DefaultSchema>[Name], "Row">
    : never

/** What is inserted. */
export type TablesInsert<
  Name extends keyof Named<"Tables", DefaultSchema> | { schema: keyof Schemas },
  In extends Name extends { schema: keyof Schemas } ? keyof Named<"Tables", Name["schema"]> : never = never,
> = Name extends { schema: keyof Schemas }
  ? Part<Named<"Tables", Name["schema"]>[In], "Insert">
  : Name extends keyof Named<"Tables", DefaultSchema>
    ? Part<Named<"Tables", DefaultSchema>[Name], "Insert">
    : never

/** What an update says. */
export type TablesUpdate<
  Name extends keyof Named<"Tables", DefaultSchema> | { schema: keyof Schemas },
  In extends Name extends { schema: keyof Schemas } ? keyof Named<"Tables", Name["schema"]> : never = never,
> = Name extends { schema: keyof Schemas }
  ? Part<Named<"Tables", Name["schema"]>[In], "Update">
  : Name extends keyof Named<"Tables", DefaultSchema>
    ? Part<Named<"Tables", DefaultSchema>[Name], "Update">
    : never

/** A label of an enum. */
export type Enums<
  Name extends keyof Named<"Enums", DefaultSchema> | { schema: keyof Schemas },
  In extends Name extends { schema: keyof Schemas } ? keyof Named<"Enums", Name["schema"]> : never = never,
> = Name extends { schema: keyof Schemas }
  ? Named<"Enums", Name["schema"]>[In]
  : Name extends keyof Named<"Enums", DefaultSchema>
    ? Named<"Enums", DefaultSchema>[Name]
    : never

/** A value of a composite type. */
export type CompositeTypes<
  Name extends keyof Named<"CompositeTypes", DefaultSchema> | { schema: keyof Schemas },
  In extends Name extends { schema: keyof Schemas } ? keyof Named<"CompositeTypes", Name["schema"]> : never = never,
> = Name extends { schema: keyof Schemas }
  ? Named<"CompositeTypes", Name["schema"]>[In]
  : Name extends keyof Named<"CompositeTypes", DefaultSchema>
    ? Named<"CompositeTypes", DefaultSchema>[Name]
    : never
"""
_NOTHING: Final = ("[_ in never]: never",)


def typescript(catalog: Catalog, *, of: Filter = Filter()) -> str:
    """A module of TypeScript with `Database`: tables, views, functions, enums and composite types of each schema.

    It has the shape that Supabase's clients take: `Row`, `Insert`, `Update` and `Relationships` of each table. What a
    row holds is what PostgREST gives as JSON, and a domain is what it is of. Beside it are `Tables<"orders">`,
    `TablesInsert`, `TablesUpdate`, `Enums`, `CompositeTypes` and, as values, the labels of the enums (`Constants`).
    The same catalog gives the same text. `of=matching(...)` says by names what is in it.

    >>> from qb.kit import canonical, typescript
    >>> written = typescript(canonical(schema(User, Task)).unwrap())
    >>> print(written.partition("Insert: ")[2].partition("Update")[0].rstrip())
    {
              done?: boolean
              hours?: number | null
              id?: number
              title: string
              user_id: number
            }
    """
    return _Module(catalog, of).text()


class _Module:
    def __init__(self, catalog: Catalog, of: Filter) -> None:
        self.catalog: Final = catalog
        self.found: Final[Contents] = contents(catalog, of)
        of_tables = {each.schema for each in self.found.tables}
        self.schemas: Final = sorted({*self.found.schemas} or of_tables or {"public"})
        self.types: Final = TypeScriptTypes(catalog, self.schemas)

    def text(self) -> str:
        default = "public" if "public" in self.schemas else self.schemas[0]
        lines = [_HEAD, "export type Database = {"]
        for schema in self.schemas:
            lines += [f"  {ts_key(schema)}: {{", *_within(self.schema(schema), 4), "  }"]
        lines += ["}", "", f"type DefaultSchema = {ts_text(default)}"]
        return "\n".join(lines) + "\n" + _HELPERS + "\n" + self.constants()

    def schema(self, schema: str) -> Iterator[str]:
        yield from _group("Tables", (self.table(each) for each in self.found.tables if each.schema == schema))
        yield from _group("Views", (self.view(each) for each in self.found.views if each.schema == schema))
        yield from _group("Functions", self.functions(schema))
        yield from _group("Enums", ([f"{ts_key(n)}: {ts_union(fact.labels)}"] for n, fact in self.enums(schema)))
        yield from _group("CompositeTypes", self.composites(schema))

    def enums(self, schema: str) -> Iterator[tuple[str, EnumFact]]:
        for identity in self.found.types:
            fact = self.catalog[identity]
            if identity.schema == schema and isinstance(fact, EnumFact):
                yield identity.name, fact

    def composites(self, schema: str) -> Iterator[list[str]]:
        for identity in self.found.types:
            if identity.schema == schema and isinstance(self.catalog[identity], CompositeFact):
                columns = self.found.columns.get(identity, ())
                members = [f"{ts_key(each.name)}: {self.types.of(fact.type)} | null" for each, fact in columns]
                yield _block(identity.name, members)

    def columns(self, relation: Identity) -> list[tuple[str, ColumnFact]]:
        return sorted((each.name, fact) for each, fact in self.found.columns.get(relation, ()))

    def table(self, table: Identity) -> list[str]:
        columns = self.columns(table)
        row = [f"{ts_key(name)}: {self.value(fact)}" for name, fact in columns]
        insert, update = (
            [self.written(name, fact, first=True) for name, fact in columns],
            [self.written(name, fact, first=False) for name, fact in columns],
        )
        lines = [*_block("Row", row), *_block("Insert", insert), *_block("Update", update)]
        fact = self.catalog.get(table)
        if isinstance(fact, TableFact) and table.kind == "foreign table":
            lines = _block("Row", row)
        return _block(table.name, [*lines, *self.relationships(table)])

    def view(self, view: Identity) -> list[str]:
        row = [f"{ts_key(name)}: {self.value(fact)}" for name, fact in self.columns(view)]
        return _block(view.name, [*_block("Row", row), "Relationships: []"])

    def value(self, fact: ColumnFact) -> str:
        return self.types.of(fact.type) + ("" if fact.not_null else " | null")

    def written(self, name: str, fact: ColumnFact, *, first: bool) -> str:
        if fact.identity == "always" or fact.generated:
            return f"{ts_key(name)}?: never"
        left_out = not first or not fact.not_null or fact.default is not None or bool(fact.identity)
        return f"{ts_key(name)}{'?' if left_out else ''}: {self.value(fact)}"

    def relationships(self, table: Identity) -> list[str]:
        found: list[str] = []
        unique = [set(each) for each in self.unique(table)]
        for identity, fact in sorted(self.found.constraints.get(table, ())):
            if identity.kind != "foreign key" or fact.target is None:
                continue
            one = any(each <= set(fact.columns) for each in unique)
            found += [
                "  {",
                f"    foreignKeyName: {ts_text(identity.name)}",
                f"    columns: [{', '.join(map(ts_text, fact.columns))}]",
                f"    isOneToOne: {'true' if one else 'false'}",
                f"    referencedRelation: {ts_text(parts(fact.target)[1])}",
                f"    referencedColumns: [{', '.join(map(ts_text, fact.target_columns))}]",
                "  },",
            ]
        return ["Relationships: [", *found, "]"] if found else ["Relationships: []"]

    def unique(self, table: Identity) -> Iterator[Sequence[str]]:
        for identity, fact in self.found.constraints.get(table, ()):
            if identity.kind in ("primary key", "unique"):
                yield fact.columns
        for identity, index in self.found.indexes.get(table, ()):
            if index.unique and " WHERE " not in (index.definition or ""):
                columns = [need.name for need in self.catalog.needs(identity) if need.kind == "column"]
                listed = (index.definition or "").rpartition("(")[2]
                if columns and len(pieces_between(listed)) == len(columns):
                    yield columns

    def functions(self, schema: str) -> Iterator[list[str]]:
        """Those that PostgREST calls, all forms of a name together."""
        by_name: dict[str, list[list[str]]] = defaultdict(list)
        for identity in self.found.functions:
            fact = self.catalog[identity]
            if identity.schema != schema or not isinstance(fact, FunctionFact) or identity.kind != "function":
                continue
            if fact.returns in ("trigger", "event_trigger") or (said := ts_arguments(fact)) is None:
                continue
            by_name[routine_parts(identity.name)[0].removesuffix("(")].append(self.function(fact, said))
        for name, forms in sorted(by_name.items()):
            if len(forms) == 1:
                yield _block(name, forms[0])
            else:
                lines = [f"{ts_key(name)}:"]
                for form in forms:
                    lines += ["  | {", *_within(form, 6), "    }"]
                yield lines

    def function(self, fact: FunctionFact, said: Sequence[TsArgument]) -> list[str]:
        given = [each for each in said if each.given]
        members = sorted(
            f"{ts_key(each.name)}{'?' if each.optional else ''}: {self.types.of(each.type)}" for each in given
        )
        args = [f"Args: {{ {'; '.join(members)} }}"] if members else ["Args: never"]
        whole = fact.returns or "void"
        gives = whole.removeprefix("SETOF ")
        columns = table_columns(whole)
        several = gives != whole or columns is not None
        if columns is None and gives == "record":
            columns = [each for each in said if each.out]
        if not columns:
            return [*args, f"Returns: {self.types.of(gives)}{'[]' if several else ''}"]
        rows = sorted(f"{ts_key(each.name)}: {self.types.of(each.type)}" for each in columns)
        return [*args, "Returns: {", *_within(rows, 2), f"}}{'[]' if several else ''}"]

    def constants(self) -> str:
        """The labels of the enums as values, for forms and checks."""
        lines = ["/** The labels of the enums, as values. */", "export const Constants = {"]
        for schema in self.schemas:
            members = [
                f"{ts_key(name)}: [{', '.join(map(ts_text, fact.labels))}]," for name, fact in self.enums(schema)
            ]
            lines += [f"  {ts_key(schema)}: {{", "    Enums: {", *_within(members, 6), "    },", "  },"]
        return "\n".join([*lines, "} as const"]) + "\n"


def _within(lines: Iterable[str], by: int) -> list[str]:
    return [f"{' ' * by}{line}" for line in lines]


def _block(name: str, members: Iterable[str]) -> list[str]:
    return [f"{ts_key(name)}: {{", *_within(members, 2), "}"]


def _group(name: str, found: Iterable[list[str]]) -> list[str]:
    members = [line for each in found for line in each]
    return _block(name, members or _NOTHING)
