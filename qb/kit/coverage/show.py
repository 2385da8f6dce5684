"""A coverage as tables for people."""

from __future__ import annotations

from rich.console import Group
from rich.table import Table
from rich.text import Text

from qb.kit.coverage.measure import Coverage, Share


def as_tables(coverage: Coverage, *, rest: int | None = 20) -> Group:
    """The shares by kind, and below them what is not held with types: the most frequent first."""
    shares = Table("", "all", "typed", "as SQL", "not", title="What descriptors hold")
    for column in shares.columns[1:]:
        column.justify = "right"
    for name, share in (
        ("whole tables", coverage.tables),
        ("objects", coverage.objects),
        ("properties", coverage.properties),
    ):
        shares.add_row(name, *_cells(share), style="bold")
    shares.add_section()
    for kind, share in coverage.kinds.items():
        shares.add_row(kind, *_cells(share))
    parts: list[Table | Text] = [shares]
    if coverage.rest:
        listed = coverage.rest[:rest]
        others = Table("kind", "what", "held", "how often", "one of them", title="The rest")
        others.columns[3].justify = "right"
        for each in listed:
            held = "as SQL" if each.held == "raw" else "not"
            others.add_row(each.kind, each.what, held, str(each.count), Text(each.example))
        parts.append(others)
        if more := len(coverage.rest) - len(listed):
            parts.append(Text(f"and {more} more: --all shows them"))
    return Group(*parts)


def _cells(share: Share) -> tuple[str, ...]:
    return str(share.total), _of(share.typed, share), _of(share.raw, share), _of(share.no, share)


def _of(count: int, share: Share) -> str:
    return "" if not count else f"{count} ({100 * count / share.total:.0f} %)"
