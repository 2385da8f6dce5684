"""What is shown while one waits: on a terminal alone, and after a while alone."""

from __future__ import annotations

import io
import threading
from contextlib import redirect_stderr

import pytest

from qb.kit.command.frame.progress import progress


class Terminal(io.StringIO):
    """A terminal that says when something was written."""

    def __init__(self) -> None:
        super().__init__()
        self.written = threading.Event()

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if "Reading" in text:
            self.written.set()
        return super().write(text)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setenv("TERM", "xterm")
    return Terminal()


def test_it_is_shown_when_it_takes_long(terminal: Terminal) -> None:
    with redirect_stderr(terminal), progress("Reading [red]", 3, patience=0.01) as steps:
        steps.done()
        assert terminal.written.wait(20)
        steps.done(2)
    assert "Reading [red]" in terminal.getvalue()
    assert terminal.getvalue().endswith("\x1b[2K")  # taken away again


def test_what_is_quick_shows_nothing(terminal: Terminal) -> None:
    with redirect_stderr(terminal), progress("Reading", patience=600) as steps:
        steps.done()
    assert terminal.getvalue() == ""


def test_no_pipe_sees_it() -> None:
    made = io.StringIO()
    with redirect_stderr(made), progress("Reading", patience=0) as steps:
        steps.done()
    assert made.getvalue() == ""


def test_it_is_over_when_the_timer_comes_late(terminal: Terminal) -> None:
    with redirect_stderr(terminal), progress("Reading", patience=600) as steps:
        pass
    steps.show()
    assert terminal.getvalue() == ""
