"""The protocol of a seat, line by line, as one in another language has to speak it."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from benchmarks.data import rows
from benchmarks.data.rows import Sizes

ROOT = Path(__file__).parents[3]
SMALL = Sizes(tickets=60, tickets_with_tasks=40, nested=10)
Ask = Callable[[object], Any]

pytestmark = pytest.mark.slow


@pytest.fixture
def ask(request: pytest.FixtureRequest) -> Iterator[Ask]:
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.measure.child", f"tests.benchmarks.fakes:{request.param}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
    ) as process:
        asking, answering = process.stdin, process.stdout
        assert asking is not None
        assert answering is not None

        def one(message: object) -> Any:
            asking.write(msgspec.json.encode(message) + b"\n")
            asking.flush()
            return msgspec.json.decode(answering.readline())

        yield one
        asking.close()
        assert process.wait(10) == 0, "it ends when its input does"
        assert answering.read() == b""


def opened(ask: Ask) -> Any:
    return ask({"do": "open", "url": "postgresql:///nowhere", "templates": rows.templates(SMALL)[:3]})


@pytest.mark.parametrize("ask", ["Fake"], indirect=True)
def test_a_seat_answers_each_line_with_one(ask: Ask) -> None:
    assert ask({"do": "hold", "objects": 1}) == {"is": "failed", "why": "not open yet"}
    first = opened(ask)
    assert first["is"] == "opened"
    assert first["versions"] == {"a-library": "1.0"}
    assert first["absent"] == {"pipeline": "it has none"}
    assert {"single_fetch", "convert"} <= set(first["methods"])
    assert "pipeline" not in first["methods"]

    took = ask({"do": "turn", "method": "single_fetch", "arguments": [1, 2, 3]})
    assert took["is"] == "took"
    assert took["wall"] > 0
    assert took["cpu"] >= 0

    found = ask({"do": "rows", "method": "single_fetch", "argument": 7})
    assert (found["is"], found["count"]) == ("found", 1)
    (row,) = found["rows"]
    assert row["created_at"] == "2025-01-17T08:37:00.633000Z"
    assert (row["id"], row["deleted_at"]) == (7, None)

    some = ask({"do": "rows", "method": "convert", "argument": 10, "step": 4})
    assert (some["count"], [each["id"] for each in some["rows"]]) == (10, [1, 5, 9])

    assert ask({"do": "hold", "objects": 1000})["tracked"] > 1000
    assert "Traceback" in ask({"do": "turn", "method": "complex_join", "arguments": [1]})["why"]
    profile = ask({"do": "profile", "method": "convert", "arguments": [50]})
    assert profile["is"] == "profiled"
    assert any("rows.py" in each["where"] for each in profile["functions"])


@pytest.mark.parametrize("ask", ["Fake"], indirect=True)
def test_objects_among_arguments_are_made_before_the_call(ask: Ask) -> None:
    opened(ask)

    def seen() -> str:
        (text,) = ask({"do": "rows", "method": "compile", "argument": [3, 4]})["rows"]
        assert text.endswith(" 3 4"), "the elements of an array are the arguments"
        return str(text)

    for lazily in (False, True):
        new = {"make": "new", "count": 4, "call": 171, "lazily": lazily}
        assert ask({"do": "rows", "method": "insert", "argument": new}) == {"is": "found", "count": 0, "rows": []}
        assert seen().count("NewTicket(") == 4
        assert "UUID('000000ab-0000-4000-8000-000000000003')" in seen()
    back = ask({"do": "rows", "method": "insert_returning", "argument": {"make": "new", "count": 2, "call": 1}})
    assert back["rows"] == [1, 2]
    ask({"do": "rows", "method": "delete", "argument": {"make": "ids", "first": 5, "count": 3}})
    assert seen().startswith("[5, 6, 7]")
    ask({"do": "rows", "method": "update", "argument": {"make": "changes", "count": 2, "call": 9}})
    assert "Change(id=2, title='changed 9 2', position=11)" in seen()


@pytest.mark.parametrize("ask", ["AsyncFake"], indirect=True)
def test_coroutines_and_streams_answer_alike(ask: Ask) -> None:
    assert set(opened(ask)["methods"]) == {"single_fetch", "stream"}
    assert ask({"do": "rows", "method": "single_fetch", "argument": 2})["rows"][0]["id"] == 2
    found = ask({"do": "rows", "method": "stream", "argument": 25, "step": 10})
    assert (found["count"], [each["id"] for each in found["rows"]]) == (25, [1, 11, 21])
    assert ask({"do": "turn", "method": "stream", "arguments": [25]})["is"] == "took"
