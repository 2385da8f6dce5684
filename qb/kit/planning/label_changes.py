"""Labels of enums that are called otherwise, or that others take the place of, where somebody says so.

https://www.postgresql.org/docs/current/sql-altertype.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

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

_BARE: Final = re.compile(r'[^{}",\\\s]+')
_ELEMENT: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[^{}",\\]+', re.DOTALL)
"""Of a list as the server writes it."""
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
            (label, new, name)
            for (type_, label), new in self.renamed.items()
            for schema in (type_.schema, quoted(type_.schema))  # the server quotes what has to be
            for name in (f"{schema}.{type_.name}", f"{schema}.{quoted(type_.name)}")
        ]
        return Catalog(
            {each: self._renamed(each, fact, said) for each, fact in catalog.items()}, catalog.depends, catalog.version
        )

    def _renamed(self, identity: Identity, fact: Fact, said: list[tuple[str, str, str]]) -> Fact:
        if isinstance(fact, EnumFact):
            return replace(fact, labels=tuple(self.renamed.get((identity, each), each) for each in fact.labels))
        changed: dict[str, Any] = {}
        for name in fact.__struct_fields__:
            value = getattr(fact, name)
            if isinstance(value, str):
                text = value
                for label, new, of in said:
                    text = text.replace(f"{_written(label)}::{of}", f"{_written(new)}::{of}")
                    text = _in_lists(text, label, new, of)
                if text != value:
                    changed[name] = text
        return replace(fact, **changed) if changed else fact


def _written(text: str) -> str:
    """A text as the server writes it in what it says of expressions."""
    doubled = text.replace("'", "''")
    return f"'{doubled}'"


def _in_lists(text: str, label: str, new: str, type_: str) -> str:
    """SQL with a label renamed in what is written as a list of the type."""
    if f"::{type_}[]" not in text:
        return text

    def element(found: re.Match[str]) -> str:
        said = found[0]
        plain = re.sub(r"\\(.)", r"\1", said[1:-1], flags=re.DOTALL) if said.startswith('"') else said
        if plain != label:
            return said
        escaped = re.sub(r'(["\\])', r"\\\1", new)
        return new if _BARE.fullmatch(new) and new.upper() != "NULL" else f'"{escaped}"'

    def listed(found: re.Match[str]) -> str:
        return _written(_ELEMENT.sub(element, found[1].replace("''", "'"))) + f"::{type_}[]"

    return re.sub(rf"'((?:[^']|'')*)'::{re.escape(type_)}\[\]", listed, text)


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
