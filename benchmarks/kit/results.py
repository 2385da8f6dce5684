"""What a run found, and how it is said: on the terminal, and on the project's page."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from benchmarks.measure.machine import Machine
from benchmarks.measure.stats import median
from benchmarks.report.markdown import table
from benchmarks.report.words import times

BEGIN = "<!-- kit: begin; `python -m benchmarks.kit --publish` wrote what stands here -->\n"
END = "\n<!-- kit: end -->"
MIGRATIONS_BEGIN = (
    "<!-- migrations: begin; `python -m benchmarks.kit --migrations --publish` wrote what stands here -->\n"
)
MIGRATIONS_END = "\n<!-- migrations: end -->"


class Timed(msgspec.Struct, frozen=True):
    """A piece of work, and the seconds that it took, each time."""

    name: str
    who: str
    seconds: list[float]
    beside: str = ""
    """The work of qb's that its time is compared with."""


class Sized(msgspec.Struct, frozen=True):
    """A corpus, and all that was timed on it."""

    tables: int
    objects: int
    works: list[Timed]
    title: str = ""
    """What stands above its column, where it is no corpus."""


class Found(msgspec.Struct, frozen=True):
    started: datetime
    machine: Machine
    server: str
    versions: dict[str, str]
    sizes: list[Sized]
    beside: str = "qb's: of introspect on a new connection, and for Alembic of drift"
    """Whose times the others are compared with."""


def written(seconds: float) -> str:
    """Milliseconds below a second."""
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1_000:.0f} ms"


def cells(found: Found) -> Iterator[tuple[str, ...]]:
    """Of each work its medians by size, with the ratio to that of qb's it is compared with."""
    for place, work in enumerate(found.sizes[0].works):
        name = f"**{work.who}: {work.name}**" if work.who == "qb" else f"{work.who}: {work.name}"
        yield name, *(_cell(size.works, place) for size in found.sizes)


def _cell(works: Sequence[Timed], place: int) -> str:
    work = works[place]
    said = written(median(work.seconds))
    ours = [median(each.seconds) for each in works if each.name == work.beside]
    return f"{said} ({times(median(work.seconds) / ours[0])})" if ours else said


def headers(found: Found) -> list[str]:
    return ["", *(size.title or f"{size.tables:,} tables, {size.objects:,} objects" for size in found.sizes)]


def conditions(found: Found) -> str:
    machine = found.machine
    versions = ", ".join(f"{name} {version}" for name, version in found.versions.items())
    return (
        f"Python {machine.python}, PostgreSQL {found.server}, {versions}, {machine.cores} cores, load "
        f"{machine.load_average:.1f} when it began; medians of one run on {found.started:%Y-%m-%d}, in brackets how "
        f"many times {found.beside}."
    )


def with_figures(page: str, found: Found, marks: tuple[str, str] = (BEGIN, END)) -> str:
    """A page with its figures."""
    before, begin, rest = page.partition(marks[0])
    _, end, after = rest.partition(marks[1])
    if not begin or not end:
        raise ValueError("the page has no place for figures: two comments")
    lines = "\n".join([*table(headers(found), cells(found)), "", conditions(found)])
    return f"{before}{begin}\n{lines}\n{end}{after}"
