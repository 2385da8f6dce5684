"""Conditions over an entity, as trees: who may do what, which entities a view shows, when an automation runs."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct

from archetype.ids import ColumnId

Comparison: TypeAlias = Literal["=", "<>", "<", "<=", ">", ">=", "contains", "starts_with"]
Scalar: TypeAlias = bool | int | float | str | None
Text = Annotated[str, Meta(max_length=4000)]


class Compare(Struct, frozen=True, gc=False, tag_field="op", tag="compare"):
    """A column beside a value."""

    column_id: ColumnId
    comparison: Comparison
    value: Scalar


class OneOf(Struct, frozen=True, gc=False, tag_field="op", tag="one_of"):
    """A column among some texts."""

    column_id: ColumnId
    values: list[str]


class IsEmpty(Struct, frozen=True, gc=False, tag_field="op", tag="is_empty"):
    """A column without a value."""

    column_id: ColumnId


class IsMine(Struct, frozen=True, gc=False, tag_field="op", tag="is_mine"):
    """A reference to the entity that stands for the user who asks (`organization_user_entity_id`)."""

    column_id: ColumnId


class All(Struct, frozen=True, gc=False, tag_field="op", tag="all"):
    """All of them hold; of none, that is always so."""

    conditions: list[Condition]


class Some(Struct, frozen=True, gc=False, tag_field="op", tag="any"):
    """One of them holds; of none, that is never so."""

    conditions: list[Condition]


class Not(Struct, frozen=True, gc=False, tag_field="op", tag="not"):
    """It does not hold."""

    condition: Condition


Condition: TypeAlias = Compare | OneOf | IsEmpty | IsMine | All | Some | Not
"""A tagged union that holds itself: the field `op` of the document says which."""
