"""SQL files, cut into their statements as psql cuts them: by hand written ones, and what pg_dump writes.

https://www.postgresql.org/docs/current/sql-syntax-lexical.html
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from qb.frozen import FrozenStruct
from qb.tree.lexemes import COMMENT_SIGN, GOES_ON, LETTER, LINE_COMMENT, SPACE

LARGEST_FILE: Final = 64 * 2**20
"""Bytes of a file, at most."""


class SqlFileError(Exception):
    """A file that cannot be cut into statements, or holds what is not SQL. It names the place, and quotes nothing.

    >>> from qb.kit.sql_file import split
    >>> split("SELECT 1;\\n\\\\! rm -rf /", file="up.sql")
    Traceback (most recent call last):
    ...
    qb.kit.sql_file.SqlFileError: up.sql:2:1: a line of psql's own (\\!) is not run: write SQL alone
    """

    def __init__(self, file: str, line: int, column: int, message: str) -> None:
        super().__init__(f"{file}:{line}:{column}: {message}")
        self.file = file
        self.line = line
        self.column = column
        self.message = message


class FileStatement(FrozenStruct):
    """One statement of a file, without its semicolon and the comments around it, and where it begins.

    `data` is what follows a `COPY ... FROM stdin`, None of all others.
    """

    text: str
    line: int
    column: int
    data: str | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """Its first words in capitals, as far as they are plain words: what kind of statement it is.

        >>> from qb.kit.sql_file import split
        >>> split("/* one */ create -- two\\n table t (x int)")[0].words
        ('CREATE', 'TABLE', 'T')
        """
        return tuple(word.upper() for word, _ in zip(_plain(self.text), range(8), strict=False))


def without_word(text: str, left_out: str) -> str:
    """A statement without a word, the first of that spelling that stands in no quotes and no comment.

    >>> from qb.kit.sql_file import without_word
    >>> without_word("DROP INDEX /* concurrently */ Concurrently i", "CONCURRENTLY")
    'DROP INDEX /* concurrently */  i'
    """
    cut, place = _Cut(text, ""), 0
    while place < len(text):
        kind, after = cut.token(place)
        if kind == "word" and text[place:after].upper() == left_out:
            return text[:place] + text[after:]
        place = after
    return text


_TOKEN: Final = re.compile(
    rf"""
      (?P<space>{SPACE}+)
    | (?P<comment>{LINE_COMMENT})
    | (?P<nested>/\*)
    | (?P<escaped>[eE]')
    | (?P<string>')
    | (?P<name>")
    | (?P<word>[{LETTER}][{LETTER}0-9$]*)
    | (?P<dollar>\$(?:[{LETTER}][{LETTER}0-9]*)?\$)
    | (?P<number>[0-9]+|\$[0-9]+)
    | (?P<open>\()
    | (?P<close>\))
    | (?P<end>;)
    | (?P<psql>\\[^\n\r]*)
    | (?P<nothing>\x00)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_REST: Final = {
    "string": re.compile(r"[^']*(?:''[^']*)*'"),
    "escaped": re.compile(r"[^'\\]*(?:(?:\\.|'')[^'\\]*)*'", re.DOTALL),
    "name": re.compile(r'[^"]*(?:""[^"]*)*"'),
}
"""How what was opened goes on to its end."""
_DATA_END: Final = re.compile(r"^\\\.[ \t]*\r?$", re.MULTILINE)
_LINE_END: Final = re.compile(r"[ \t]*\r?(?:\n|\Z)")
_DUMPED: Final = re.compile(r"\\(?:un)?restrict [A-Za-z0-9]+[ \t]*\Z|\\connect [^\\]*\Z")
"""What pg_dump writes for psql and nobody else needs."""
_WHAT: Final = {
    "string": "a string that begins here does not end",
    "escaped": "a string that begins here does not end",
    "name": "a quoted name that begins here does not end",
}
_SEVERAL: Final = "a second \\connect: this is a dump of several databases, and one is read"
_ELSEWHERE: Final = "\\connect leads to another database, and this runs in one: take it out"
_ROUTINES: Final = ("FUNCTION", "PROCEDURE")


def split(text: str, file: str = "<sql>", *, connects: bool = True) -> tuple[FileStatement, ...]:
    """The statements of a file's text, in order. Raises `SqlFileError`, with `connects=False` for a `\\connect`, too.

    Understood are strings and their escapes, quoted names, dollar quotes, nested comments, the bodies of functions
    between BEGIN ATOMIC and END, and what pg_dump writes: the data of a COPY, `\\restrict` and `\\connect`.
    https://www.postgresql.org/docs/current/app-psql.html

    >>> from qb.kit.sql_file import split
    >>> for each in split("CREATE TABLE t (x text DEFAULT ';');\\n-- and one more\\n  SELECT $$;$$;"):
    ...     print(each.line, each.column, each.text)
    1 1 CREATE TABLE t (x text DEFAULT ';')
    3 3 SELECT $$;$$
    """
    return tuple(each for each, _ in _Cut(text, file, connects=connects).statements())


def with_ends(text: str, file: str = "<sql>") -> Iterator[tuple[FileStatement, int]]:
    """What `split(..., connects=False)` gives, each with the place behind its semicolon; without one, the text's end.

    >>> from qb.kit.sql_file import with_ends
    >>> [(each.text, end) for each, end in with_ends("BEGIN /* ; */ ; COMMIT -- done")]
    [('BEGIN', 15), ('COMMIT', 30)]
    """
    return _Cut(text, file, connects=False).statements()


def statements_of(content: bytes, file: str) -> tuple[FileStatement, ...]:
    """The statements of a file's bytes: UTF-8, of 64 MB at most. Raises `SqlFileError`."""
    return split(file_text(content, file), file)


def file_text(content: bytes, file: str) -> str:
    """The text of a file's bytes: UTF-8, of 64 MB at most. Raises `SqlFileError`."""
    if len(content) > LARGEST_FILE:
        raise SqlFileError(file, 1, 1, f"the file is larger than {LARGEST_FILE >> 20} MB: cut it into several")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line = before.count(b"\n") + 1
        column = error.start - before.rfind(b"\n")
        raise SqlFileError(file, line, column, "this is not UTF-8: write the file in it anew") from None


class _Cut:
    """One pass over a text."""

    def __init__(self, text: str, file: str, *, connects: bool = True) -> None:
        self.text = text
        self.file = file
        self.connects = connects
        self.lines = [match.end() for match in re.finditer(r"\n", text)]

    def refuse(self, place: int, message: str) -> SqlFileError:
        return SqlFileError(self.file, *self.where(place), message)

    def where(self, place: int) -> tuple[int, int]:
        """Line and column, counted from 1."""
        line = bisect_right(self.lines, place)
        return line + 1, place - (self.lines[line - 1] if line else 0) + 1

    def statements(self) -> Iterator[tuple[FileStatement, int]]:
        """Each, and where what is behind it begins."""
        start: int | None = None
        words: list[str] = []
        connected = False
        end = parens = blocks = place = 0
        while place < len(self.text):
            kind, after = self.token(place)
            if kind in ("space", "comment", "nested"):
                place = after
                continue
            if kind == "psql":
                command = self.text[place:after]
                if start is not None or not _DUMPED.match(command):
                    raise self.refuse(place, _psql(command))
                if command.startswith("\\connect"):
                    if not self.connects:
                        raise self.refuse(place, _ELSEWHERE)
                    if connected:
                        raise self.refuse(place, _SEVERAL)
                    connected = True
                place = after
                continue
            if kind == "end" and not parens and not blocks:
                if start is not None:
                    text, (line, column) = self.text[start:end], self.where(start)
                    data, after = self.copied(place, after) if _copies(words) else (None, after)
                    yield FileStatement(text, line, column, data), after
                start, words, parens = None, [], 0
                place = after
                continue
            if start is None:
                start = place
            if kind == "open":
                parens += 1
            elif kind == "close":
                parens = max(parens - 1, 0)
            elif kind == "word":
                word = self.text[place:after].upper()
                blocks = _depth(word, words, blocks) if not parens else blocks
                if not parens:
                    words.append(word)
            place = end = after
        if start is not None:
            if blocks:
                raise self.refuse(start, "the body of this function does not end: an END is missing")
            if _copies(words):
                raise self.refuse(start, "the data of this COPY is missing")
            line, column = self.where(start)
            yield FileStatement(self.text[start:end], line, column), len(self.text)

    def token(self, place: int) -> tuple[str, int]:
        """The kind of what begins here, and where it ends."""
        match = _TOKEN.match(self.text, place)
        assert match is not None, "anything is a token"
        kind, after = match.lastgroup or "other", match.end()
        if kind in _REST:
            return kind, self.quoted(kind, place, after)
        if kind == "dollar":
            found = self.text.find(match.group(), after)
            if found < 0:
                raise self.refuse(place, "a dollar-quoted string that begins here does not end")
            return kind, found + after - place
        if kind == "nested":
            return kind, self.commented(place, after)
        if kind == "nothing":
            raise self.refuse(place, "a NUL character is nothing that PostgreSQL can read")
        return kind, after

    def quoted(self, kind: str, place: int, after: int) -> int:
        while True:
            if (rest := _REST[kind].match(self.text, after)) is None:
                raise self.refuse(place, _WHAT[kind])
            if (nul := self.text.find("\0", after, rest.end())) >= 0:
                raise self.refuse(nul, "a NUL character is nothing that PostgreSQL can read")
            after = rest.end()
            if kind != "escaped" or (more := GOES_ON.match(self.text, after)) is None:
                return after
            after = more.end()

    def commented(self, place: int, after: int) -> int:
        depth = 1
        while depth:
            if (sign := COMMENT_SIGN.search(self.text, after)) is None:
                raise self.refuse(place, "a comment that begins here does not end")
            depth += 1 if sign.group() == "/*" else -1
            after = sign.end()
        return after

    def copied(self, place: int, after: int) -> tuple[str, int]:
        """The lines after a COPY, and where they end."""
        if (rest := _LINE_END.match(self.text, after)) is None:
            raise self.refuse(after, "the data of a COPY begins on a line of its own")
        if (stop := _DATA_END.search(self.text, rest.end())) is None:
            raise self.refuse(place, "the data of this COPY does not end with a line of \\. alone")
        return self.text[rest.end() : stop.start()], stop.end()


def _plain(text: str) -> Iterator[str]:
    cut, place = _Cut(text, ""), 0
    while place < len(text):
        kind, after = cut.token(place)
        if kind == "word":
            yield text[place:after]
        elif kind not in ("space", "comment", "nested"):
            return
        place = after


def _depth(word: str, before: list[str], depth: int) -> int:
    """How many blocks are open after a word: in the body of a function alone, where CASE ends with END, too."""
    if word == "BEGIN" and (depth or _routine(before)):
        return depth + 1
    if depth and word == "CASE":
        return depth + 1
    return depth - 1 if depth and word == "END" else depth


def _routine(words: list[str]) -> bool:
    first = [word for word in words[:4] if word not in ("OR", "REPLACE")]
    return first[:1] == ["CREATE"] and first[1:2] in ([each] for each in _ROUTINES)


def _copies(words: list[str]) -> bool:
    return words[:1] == ["COPY"] and any(first == "FROM" and second == "STDIN" for first, second in pairwise(words))


def _psql(line: str) -> str:
    command = line.split(maxsplit=1)[0] if line[1:2].strip() else "\\"
    return f"a line of psql's own ({command[:20]}) is not run: write SQL alone"
