"""What the partitions of a table leave of the values of its key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from qb.kit.made_rows.row_plan import RowPlan
from qb.model.partition import BoundValue
from qb.model.table import TableDefinition
from qb.types.annotation import bare


def within_partitions(plan: RowPlan, table: TableDefinition, partitions: Sequence[TableDefinition]) -> None:
    """Narrow what is drawn for the first column that a table is divided by, unless a partition takes all that is left.

    It only makes it likely that there is a partition for a row: the server judges it.
    """
    parts = [
        each.partition_of.bounds
        for each in partitions
        if each.partition_of is not None and each.partition_of.parent == table.source
    ]
    columns = table.partition_by.columns if table.partition_by is not None else None
    if not columns or any(each.strategy not in ("range", "list") for each in parts):
        return
    attribute = plan.attributes[columns[0]]
    wanted = plan.wanted.get(attribute)
    if wanted is None:
        return
    bounds = wanted.bounds
    if all(each.strategy == "list" for each in parts):
        values = [_value(one, wanted.python) for each in parts for one in each.values if one.text is not None]
        known = tuple(each for each in values if each is not None)
        bounds = bounds._replace(choices=known) if known else bounds
    else:
        lows = [_value(each.lower[0], wanted.python) for each in parts if each.lower]
        highs = [_value(each.upper[0], wanted.python) for each in parts if each.upper]
        if lows and None not in lows:
            bounds = bounds.at_least(min(lows))
        if highs and None not in highs:
            bounds = bounds.at_most(max(highs))
    plan.wanted[attribute] = msgspec.structs.replace(wanted, bounds=bounds)


def _value(bound: BoundValue, python: Any) -> Any:
    """A bound as Python has it; None where that is not known."""
    if bound.side or bound.text is None:
        return None
    kind = bare(python)
    try:
        return msgspec.convert(bound.text, kind, strict=False)
    except (msgspec.ValidationError, TypeError):
        return None
