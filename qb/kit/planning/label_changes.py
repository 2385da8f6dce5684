"""Labels of enums that are called otherwise, or that others take the place of, where somebody says so.

https://www.postgresql.org/docs/current/sql-altertype.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from msgspec.structs import replace

from qb.frozen import FrozenStruct
from qb.kit.catalog import Catalog
from qb.kit.facts.base import Fact
from qb.kit.facts.type import EnumFact
from qb.kit.planning.ddl.sql_names import dotted
from qb.kit.planning.migration_plan import PlanStep
from qb.model.object import Identity
from qb.render.literals import string_literal
from qb.types.identifier import quoted

SaidLabels: TypeAlias = Mapping[tuple[Identity, str], str]
"""Of an enum, as the first catalog calls it, and a label of it the one that rows have instead."""


class LabelChange(FrozenStruct):
    """What becomes of labels: some are renamed, of others rows get one that is there."""

    renamed: SaidLabels
    mapped: SaidLabels

    def steps(self, *, back: bool = False) -> Iterator[PlanStep]:
        """The renames; `back` undoes them."""
        for (type_, label), new in sorted(self.renamed.items()):
            one, other = (new, label) if back else (label, new)
            name = dotted(type_.schema, type_.name)
            text = f"ALTER TYPE {name} RENAME VALUE {string_literal(one)} TO {string_literal(other)}"
            yield PlanStep(type_, "rename", text)

    def after_renames(self, catalog: Catalog) -> Catalog:
        """The first catalog once its labels have their new names: in the types, and wherever SQL says one."""
        if not self.renamed:
            return catalog
        said = [
            (f"{string_literal(label)}::{name}", f"{string_literal(new)}::{name}")
            for (type_, label), new in self.renamed.items()
            for schema in (type_.schema, quoted(type_.schema))  # the server quotes what has to be
            for name in (f"{schema}.{type_.name}", f"{schema}.{quoted(type_.name)}")
        ]
        return Catalog(
            {each: self._renamed(each, fact, said) for each, fact in catalog.items()}, catalog.depends, catalog.version
        )

    def _renamed(self, identity: Identity, fact: Fact, said: list[tuple[str, str]]) -> Fact:
        if isinstance(fact, EnumFact):
            return replace(fact, labels=tuple(self.renamed.get((identity, each), each) for each in fact.labels))
        changed: dict[str, Any] = {}
        for name in fact.__struct_fields__:
            value = getattr(fact, name)
            if isinstance(value, str):
                text = value
                for one, other in said:
                    text = text.replace(one, other)
                if text != value:
                    changed[name] = text
        return replace(fact, **changed) if changed else fact


def label_change(said: SaidLabels, before: Catalog) -> LabelChange:
    """What is a rename, and what is not: one into a label that the type has already."""
    renamed: dict[tuple[Identity, str], str] = {}
    mapped: dict[tuple[Identity, str], str] = {}
    for (type_, label), new in said.items():
        fact = before.get(type_)
        known = fact.labels if isinstance(fact, EnumFact) else ()
        taken = new in known or new in renamed.values()
        (mapped if taken else renamed)[type_, label] = new
    return LabelChange(renamed, mapped)
