"""The synchronous half, made from the asynchronous one: `async_db.py` is written, `db.py` is what this makes of it.

The two differ in their words alone: no `async`, no `await`, and `Db` for `AsyncDb`. So this renames, token by token, in
code, docstrings and comments alike. Where more differs, the line in the source says what stands in its place:

    await anyio.sleep(pause(attempt))  # sync: time.sleep(pause(attempt))
    import anyio  # sync:

Sentences of prose that are true of one half only stand in `SENTENCES`. What differs in substance is not made: the lines
and pools, the waiters, and the blocks of transactions are written twice by hand.

Tests of what both halves promise are made, too: `test_stream.py` of `test_async_stream.py`. Those of threads, tasks,
signals and cancellation stay by hand.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator, Sequence
from keyword import iskeyword
from pathlib import Path
from typing import Final

from tools.tidy import ROOT, tidy

SOURCES: Final = (
    "qb/kit/checks/async_usages.py",
    "qb/kit/async_drifting.py",
    "qb/kit/async_finder.py",
    "qb/kit/async_reader.py",
    "qb/kit/async_required.py",
    "qb/kit/running/async_expecting.py",
    "qb/kit/validating/async_asked.py",
    "qb/kit/validating/async_row_stream.py",
    "qb/kit/validating/async_validate.py",
    "qb/moving/async_comparing.py",
    "qb/moving/async_delivery.py",
    "qb/run/database/async_bulk_writes.py",
    "qb/run/database/async_connect.py",
    "qb/run/database/async_database.py",
    "qb/run/database/async_db.py",
    "qb/run/database/async_inserting.py",
    "qb/run/database/async_pipeline_block.py",
    "qb/run/database/async_pooled_db.py",
    "qb/run/database/async_raising.py",
    "qb/run/database/async_raising_read_db.py",
    "qb/run/databases/async_databases.py",
    "qb/run/databases/async_health.py",
    "qb/run/databases/async_resolver.py",
    "qb/run/database/async_read_db.py",
    "qb/run/database/async_replica.py",
    "qb/run/database/async_slow.py",
    "qb/run/talk/async_held.py",
    "qb/run/talk/async_listening.py",
    "qb/run/talk/async_renew.py",
    "qb/run/talk/async_replicas.py",
    "qb/run/talk/async_stream.py",
    "qb/testing/async_index_use.py",
    "tests/faults/async_scenes.py",
    "tests/faults/async_whole.py",
    "tests/faults/test_async_interrupts.py",
    "tests/kit/test_async_drifting.py",
    "tests/kit/test_async_reader.py",
    "tests/kit/validating/test_async_validate.py",
    "tests/moving/test_async_comparing.py",
    "tests/moving/test_async_delivery.py",
    "tests/otel/test_async_telemetry.py",
    "tests/run/database/test_async_faults.py",
    "tests/run/database/test_async_few.py",
    "tests/run/database/test_async_raising.py",
    "tests/run/database/test_async_unseen_in_a_run.py",
    "tests/run/database/test_async_without_ddl.py",
    "tests/run/databases/test_async_databases.py",
    "tests/run/databases/test_async_of_one.py",
    "tests/run/database/test_async_slow.py",
    "tests/run/pool/test_async_failover.py",
    "tests/run/pool/test_async_outside.py",
    "tests/run/session/test_async_afresh.py",
    "tests/run/session/test_async_session_defaults.py",
    "tests/run/talk/test_async_advice.py",
    "tests/run/talk/test_async_as_role.py",
    "tests/run/talk/test_async_control.py",
    "tests/run/talk/test_async_bulk.py",
    "tests/run/talk/test_async_committed.py",
    "tests/run/talk/test_async_converse.py",
    "tests/run/talk/test_async_empty.py",
    "tests/run/talk/test_async_listening.py",
    "tests/run/talk/test_async_opening.py",
    "tests/run/talk/test_async_pipeline.py",
    "tests/run/talk/test_async_replicas.py",
    "tests/run/talk/test_async_renew.py",
    "tests/run/talk/test_async_script.py",
    "tests/run/talk/test_async_steps.py",
    "tests/run/talk/test_async_stream.py",
    "tests/run/talk/test_async_transact_as_role.py",
    "tests/run/talk/test_async_transaction.py",
    "tests/testing/test_async_index_use.py",
)

NAMES: Final = {
    "AsyncExitStack": "ExitStack",
    "AsyncPool": "SyncPool",
    "StopAsyncIteration": "StopIteration",
    "__aenter__": "__enter__",
    "__aexit__": "__exit__",
    "__aiter__": "__iter__",
    "__anext__": "__next__",
    "aclose": "close",
    "aclosing": "closing",
    "anext": "next",
    "converse_shielded": "converse",
}
"""What is called neither `Async...` nor `async_...` nor `..._async`, or something else without it."""

SENTENCES: Final = {
    "is what its schema says, for coroutines on asyncio or trio": "is what its schema says",
    "beside what its descriptors say, for coroutines on asyncio or trio": "beside what its descriptors say",
    "past those that the driver cannot read: for coroutines on asyncio or trio.": "past those that the driver cannot "
    "read.",
    "asked of a table's rows, for coroutines on asyncio or trio: whether": "asked of a table's rows: whether",
    "What runs statements, for coroutines on asyncio or trio": "What runs statements, for synchronous code",
    ", such as an organization, for coroutines on asyncio or trio.": ", such as an organization.",
    "How coroutines get a database, on asyncio or trio": "How synchronous code gets a database",
    " as db: ...`, on asyncio or trio.": " as db: ...`",
    "a catalog read from a server, for coroutines on asyncio or trio": "a catalog read from a server",
    "asked of the server by a test, for coroutines on asyncio or trio": "asked of the server by a test",
    "The database that a program holds, for coroutines": "The database that a program holds, for synchronous code",
    "of its queries, asked for coroutines on asyncio or trio": "of its queries",
    "What gives each statement a connection of its own, for coroutines on asyncio or trio": "What gives each statement "
    "a connection of its own",
    "What reads rows, for coroutines on asyncio or trio": "What reads rows",
    "`db.replica`, for coroutines on asyncio or trio": "`db.replica`",
    "Safe to share between the tasks of an event loop, asyncio's or trio's. Cancelling a task cancels its query on the "
    "server.": "Safe to share between threads.",
    "Rows come from any iterable, also an asynchronous one, and": "Rows come from any iterable and",
    "Tasks that share it wait for each other": "Threads that share it wait for each other",
    "one conversation, however many tasks use it": "one conversation, however many threads use it",
    "taken by one statement at a time; tasks stand in line": "taken by one statement at a time; threads stand in line",
    "once no other task talks on it": "once no other thread talks on it",
    "From another task of the same loop.": "From any thread.",
    " Giving back never waits, so that it cannot be cancelled.": "",
}
"""Prose of the asynchronous half, and what the synchronous one says there. A paragraph's line breaks do not matter."""

IN_CODE: Final = {"task": "thread"}
"""Names that are words of prose, too: renamed in code alone."""

_REPLACED = re.compile(r"# sync:(?P<instead>.*)")
_WORD = re.compile(r"\basync (?=def\b|with\b|for\b)|\bawait +|\b[A-Za-z_]\w*")
_AN = re.compile(r"\b([Aa])n (`?)(?=Async[B-DF-HJ-NP-TV-Z])")
_TWICE = re.compile(r"(?P<type>\b\w+\[\w+\[\w+\]\]) \| (?P=type)")
_TEXT: Final = (tokenize.STRING, tokenize.COMMENT, getattr(tokenize, "FSTRING_MIDDLE", -1))
_PROSE: Final = {re.compile(r"\s+".join(map(re.escape, said.split(" ")))): said for said in SENTENCES}


def target(source: Path) -> Path:
    """The module that is made of a source."""
    return source.with_name(re.sub(r"^(test_)?async_", r"\1", source.name))


def made(source: Path) -> str:
    """The text of the synchronous module, as it is to stand beside its source."""
    header = f"# Made by tools/sync.py from {source.name}: change that one, then run `make generate`."
    return tidy(f"{header}\n{synchronous(source.read_text(encoding='utf-8'))}", target(source))


def synchronous(text: str) -> str:
    """A module's text without its asynchronous words, not yet tidy."""
    lines = text.splitlines(keepends=True)
    tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    around = set(_around_awaits(tokens))
    for place, token in reversed(list(enumerate(tokens))):
        (row, start), (last, end) = token.start, token.end
        if token.type == tokenize.COMMENT and _REPLACED.match(token.string):
            continue  # with its whole line, below
        if token.type in _TEXT:
            instead = reworded(token.string)
        elif place in around:
            instead = ""
        elif token.type == tokenize.NAME and token.string in ("async", "await"):
            instead, end = "", end + 1  # the space behind it
        elif token.type == tokenize.NAME:
            instead = IN_CODE.get(token.string) or renamed(token.string)
        else:
            continue
        lines[row - 1 : last] = [f"{lines[row - 1][:start]}{instead}{lines[last - 1][end:]}"]
    return _TWICE.sub(r"\g<type>", _had("".join(map(_replaced, lines))))


def _around_awaits(tokens: Sequence[tokenize.TokenInfo]) -> Iterator[int]:
    """The places of parentheses that are there for `await` alone: `(await db.all(q)).unwrap()`."""
    opened: list[tuple[int, bool]] = []
    for place, token in enumerate(tokens):
        if token.string in ("(", "[", "{"):
            before = tokens[place - 1] if place else token
            called = before.string in (")", "]") or (before.type == tokenize.NAME and not iskeyword(before.string))
            opened.append((place, not called and tokens[place + 1].string == "await"))
        elif token.string in (")", "]", "}"):
            start, awaits = opened.pop()
            if awaits and tokens[place + 1].string in (".", "["):
                yield from (start, place)


def _had(text: str) -> str:
    """`Awaitable[X]` is X."""
    while (start := text.find("Awaitable[")) >= 0:
        first = end = start + len("Awaitable[")
        depth = 1
        while depth:
            depth += {"[": 1, "]": -1}.get(text[end], 0)
            end += 1
        text = f"{text[:start]}{text[first : end - 1]}{text[end:]}"
    return text


def _replaced(line: str) -> str:
    found = _REPLACED.search(line)
    if found is None:
        return line
    instead = found["instead"].strip()
    return f"{line[: len(line) - len(line.lstrip())]}{instead}\n" if instead else ""


def reworded(text: str) -> str:
    """Prose, or an example in it."""
    for pattern, said in _PROSE.items():
        text = pattern.sub(SENTENCES[said], text)
    text = _AN.sub(r"\1 \2", text)
    return _WORD.sub(lambda word: "" if word[0].startswith(("async ", "await ")) else renamed(word[0]), text)


def renamed(name: str) -> str:
    """What an identifier is called in the synchronous half."""
    if name in NAMES:
        return NAMES[name]
    return re.sub(r"^Async(?=[A-Z])|^async_(?=\w)|(?<=\w)_async$", "", name)


def stale() -> list[str]:
    """Sentences that stand in no source any more."""
    written = "\n".join((ROOT / source).read_text(encoding="utf-8") for source in SOURCES)
    return [said for pattern, said in _PROSE.items() if not pattern.search(written)]
