"""The `steps.py` of a promotion: it fills the column by key, and looks whether rows came in behind it."""

from __future__ import annotations

from typing import Final

from qb.kit.promoting.promotion import Promotion
from qb.types.identifier import quoted

_WIDTH: Final = 100
DOCUMENTS_AT_ONCE: Final = 1000
"""Rows of a batch."""
_TEXT: Final = '''"""Fills a column from documents, in batches: each is committed with the key of its last row."""

from __future__ import annotations

from qb import Outcome, Tx, sql
from qb.kit import StepBatch, data_step

FIRST = (
{first}
)
NEXT = (
{next}
)
{left}

@data_step(after=sql(LEFT).rows(bool), again=True)
def fill(tx: Tx, after: list[str] | None) -> Outcome[StepBatch[list[str]] | None]:
    query = sql(FIRST) if after is None else sql(NEXT, after=after)
    found = tx.one(query.rows(tuple[list[str] | None, int]))
    return found.map(lambda row: None if row[0] is None else StepBatch(row[0], row[1]))
'''
_LEFT: Final = """LEFT = (
{left}
)

"""


def steps_text(promotion: Promotion, *, leave_rejects: bool) -> str:
    """The module, as text."""
    keys = [quoted(name) for name, _ in promotion.keys]
    behind = ", ".join(f"({{after}}::text[])[{place}]::{type_}" for place, (_, type_) in enumerate(promotion.keys, 1))
    head, _, rest = _batch(promotion, "\0").partition("\0")  # which is in no name
    left = _LEFT.format(left=_lines(_braced(_left(promotion, leave_rejects=leave_rejects))))
    return _TEXT.format(
        first=_lines(_braced(_batch(promotion, ""))),
        next=_lines(f"{_braced(head)}AND ({', '.join(keys)}) > ({behind}) {_braced(rest)}"),
        left=left,
    )


def _batch(promotion: Promotion, where: str) -> str:
    keys = [quoted(name) for name, _ in promotion.keys]
    row = ", ".join(keys)
    order = ", ".join(f"{each} DESC" for each in keys)
    same = " AND ".join(f"t.{each} = next.{each}" for each in keys)
    column = quoted(promotion.column)
    shown = ", ".join(f"{each}::text" for each in keys)
    value, found = promotion.found(), "next.qb_found"
    return (
        f"WITH next AS (SELECT {row}, {value} AS qb_found FROM {promotion.relation} "
        f"WHERE {column} IS NULL AND {promotion.holds(value)} AND {promotion.fits(value)} "
        f"{where}ORDER BY {row} LIMIT {DOCUMENTS_AT_ONCE} FOR UPDATE), "
        f"done AS (UPDATE {promotion.relation} t SET {column} = {promotion.cast(found)} FROM next "
        f"WHERE {same} AND t.{column} IS NULL AND {promotion.holds(found)} AND {promotion.fits(found)} RETURNING 1) "
        f"SELECT (SELECT ARRAY[{shown}] FROM next ORDER BY {order} LIMIT 1), (SELECT count(*) FROM done)"
    )


def _left(promotion: Promotion, *, leave_rejects: bool) -> str:
    value = promotion.found()
    fits = f" AND {promotion.fits(value)}" if leave_rejects else ""
    return (
        f"SELECT NOT EXISTS (SELECT FROM {promotion.relation} "
        f"WHERE {quoted(promotion.column)} IS NULL AND {promotion.holds(value)}{fits})"
    )


def _lines(text: str) -> str:
    pieces = (text[start : start + _WIDTH] for start in range(0, len(text), _WIDTH))
    return "\n".join(f"    {each!r}" for each in pieces)


def _braced(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
