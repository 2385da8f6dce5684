"""What somebody asks of an editor while writing a query, and what the language server answers."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from typing import Literal, NamedTuple
from urllib.parse import unquote, urlsplit

import msgspec

from benchmarks.editor.language_server import LanguageServer

HEAD = """\
# pyright: reportUnusedImport=false, reportUnusedVariable=false
from decimal import Decimal

from qb import insert, maybe, new, patch, replace, row, select, sql, update
from shop.tables.people import ChangedPerson, NewPerson, PeopleItem, Person
from shop.tables.studio import NewStudioVisit, StudioVisit


def scratch(person: Person) -> None:
    made = new(Person)
    query = select(Person.id, maybe(PeopleItem)).left_join(PeopleItem, on=PeopleItem.parent_id == Person.id)
    Person(name="Ada", code="a", price=Decimal(1))
    NewPerson(name="Ada", code="a", price=Decimal(1))
    ChangedPerson(name="Ada")
    insert(NewPerson(name="Ada", code="a", price=Decimal(1))).returning(Person.price)
    select(Person).where(Person.name == 5)
"""
"""The module that is being written; what is typed stands below it."""

TYPED = (
    "patch(",
    "patch(Person)(",
    "ChangedPerson(",
    "replace(person, ",
    "row(Person, ",
    'sql("", ',
    "new(Person)(",
    "NewPerson(",
    'NewPerson(name="Ada", ',
    "Person(",
    "NewStudioVisit(",
    "StudioVisit(",
    "select(",
    "select(Person.",
    "Person.",
    "Person.na",
    "person.",
    "query.",
)
"""Where a completion is asked for: at the end of each."""

POINTED = (
    ("hover", "new(Person)", "new"),
    ("hover", "made = new", "made"),
    ("hover", 'NewPerson(name="Ada", code="a", price', "NewPerson"),
    ("hover", "query = ", "query"),
    ("hover", "person: Person", "person"),
    ("hover", "PeopleItem.parent_id", "parent_id"),
    ("definition", 'Person(name="Ada", code="a", price', "name"),
    ("definition", 'NewPerson(name="Ada", code="a", price', "NewPerson"),
    ("definition", 'NewPerson(name="Ada", code="a", price', "name"),
    ("definition", 'ChangedPerson(name="Ada")', "name"),
    ("definition", "PeopleItem.parent_id", "parent_id"),
)
"""What the pointer rests on: a word in the first place that reads so."""

ROUNDS = 5
"""How often each completion is asked for, each time after a key was pressed."""


class Answered(msgspec.Struct, frozen=True):
    """A question and its answer."""

    kind: Literal["completion", "hover", "definition", "diagnostics"]
    where: str
    seconds: float
    """Of a completion, the median."""
    fastest: float
    """Of a completion, the one that was least disturbed by who else was busy."""
    lines: list[str]
    """Labels, the text shown, the line that it leads to, or messages."""

    @property
    def keywords(self) -> list[str]:
        """The arguments that a completion offers."""
        return [line for line in self.lines if line.endswith("=")]


class _Item(msgspec.Struct):
    label: str


class _Offered(msgspec.Struct):
    """What a completion's result is read for."""

    items: list[_Item]


class _Location(msgspec.Struct):
    uri: str
    range: dict[str, dict[str, int]]


class Scratch(NamedTuple):
    """The module as the server has it."""

    server: LanguageServer
    address: str

    def write(self, text: str, version: int) -> None:
        document = {"uri": self.address, "version": version}
        self.server.tell("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]})

    def at(self, line: int, character: int) -> dict[str, object]:
        return {"textDocument": {"uri": self.address}, "position": {"line": line, "character": character}}


def ask(server: LanguageServer, folder: Path) -> list[Answered]:
    """All answers. The first ones, after which the server knows the project, are those of the diagnostics."""
    scratch = Scratch(server, (folder / "shop" / "scratch.py").as_uri())
    document = {"uri": scratch.address, "languageId": "python", "version": 0, "text": HEAD}
    server.tell("textDocument/didOpen", {"textDocument": document})
    told = server.told_of(scratch.address)
    errors = [each["message"] for each in told.result if each["severity"] == 1]
    answers = [Answered("diagnostics", "the whole module", told.seconds, told.seconds, errors)]
    for number, text in enumerate(TYPED):  # the server's own code is slow when it first runs
        _completion(scratch, text, number + 1, rounds=1)
    answers += [_completion(scratch, text, (number + 1) * 100) for number, text in enumerate(TYPED)]
    scratch.write(HEAD, (len(TYPED) + 1) * 100)
    return answers + [_pointed(scratch, kind, place, word) for kind, place, word in POINTED]


def _completion(scratch: Scratch, text: str, version: int, rounds: int = ROUNDS) -> Answered:
    times: list[float] = []
    labels: list[str] = []
    for round in range(rounds):
        scratch.write(f"{HEAD}    {text}\n", version + round)
        place = scratch.at(HEAD.count("\n"), 4 + len(text))
        found = scratch.server.ask("textDocument/completion", {**place, "context": {"triggerKind": 1}})
        labels = [item.label for item in msgspec.convert(found.result, _Offered).items]
        times.append(found.seconds)
    return Answered("completion", text, median(times), min(times), labels)


def _pointed(scratch: Scratch, kind: str, place: str, word: str) -> Answered:
    lines = HEAD.splitlines()
    number = next(number for number, line in enumerate(lines) if place in line)
    start = lines[number].index(word, lines[number].index(place))
    found = scratch.server.ask(f"textDocument/{kind}", scratch.at(number, start + 1))
    where = f"{word} in {place}"
    if kind == "hover":
        text: str = found.result["contents"]["value"] if found.result else ""
        return Answered("hover", where, found.seconds, found.seconds, text.splitlines())
    return Answered(
        "definition", where, found.seconds, found.seconds, [_line_at(each) for each in _locations(found.result)]
    )


def _locations(result: object) -> list[_Location]:
    return [] if result is None else msgspec.convert(result, list[_Location])


def _line_at(location: _Location) -> str:
    """The module and the line that a location stands for."""
    path = Path(unquote(urlsplit(location.uri).path))
    return f"{path.name}: {path.read_text('utf-8').splitlines()[location.range['start']['line']].strip()}"
