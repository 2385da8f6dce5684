"""Documents whose code runs: the README, the pages of docs/, and what their blocks promise.

One rule for all of them, so that a reader can trust what is shown:

- The ```python blocks of a file run in order, in one namespace, against an empty database that DATABASE_URL names.
- `expression  # -> value` shows the expression's repr. `...` stands for whatever varies (a time, a path). A long one
  stands on a line of its own below, `# -> value`, and goes on in lines that begin with `#    `.
- What a block prints is shown in a ```text or ```sql block right below it.
- A ```python raises block raises; the ```text block right below it is the error, "Name: message".
- A block whose fence names a file (```toml pyproject.toml, ```python shop/tables.py) is that file, in a folder that all
  blocks of the page run in.
- A ```console block shows `$ qb ...` and what it prints; one that exits with something else than 0 ends with
  `[exit 3]`.
- A test that a page shows (`def test_...(qb_tx)`) is called at the end, with a transaction that is rolled back;
  one of coroutines, too. One that asks for more is pytest's alone.

The file's own lines number the code: a traceback points into the document.
"""

import ast
import contextlib
import doctest
import inspect
import io
import itertools
import os
import re
import shlex
import sys
import tempfile
import tokenize
import types
from collections.abc import Awaitable, Callable, Generator, Iterator
from pathlib import Path
from typing import NamedTuple

import anyio
import psycopg

from qb import AsyncTx, Database, connect, connect_async

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "ARCHITECTURE.md", *sorted((ROOT / "docs").rglob("*.md"))]

_FENCE = re.compile(r"^```(.*)$")
_FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@contextlib.contextmanager
def empty_database(url: str) -> Generator[str]:
    """The address of an empty database beside that of `url`, for as long as the block runs.

    It is made once and then emptied: to make one takes the server a tenth of a second, to empty one nearly nothing.
    """
    with psycopg.Connection.connect(url, autocommit=True) as connection:
        own = connection.info.dbname
        name = f"{own}_documents"
        address = url.replace(f"/{own}?", f"/{name}?", 1)
        if connection.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            connection.execute(f'CREATE DATABASE "{name}"'.encode())
        yield address
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
    with psycopg.Connection.connect(address, autocommit=True) as connection:
        connection.execute(EMPTY)
        left = connection.execute(LEFT).fetchone()
    if left is not None:
        with psycopg.Connection.connect(url, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}"'.encode())


EMPTY = """
DO $$
DECLARE schema name;
BEGIN
  FOR schema IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' LOOP
    EXECUTE format('DROP SCHEMA %I CASCADE', schema);
  END LOOP;
  CREATE SCHEMA public AUTHORIZATION pg_database_owner;
  GRANT USAGE ON SCHEMA public TO PUBLIC;
  INSERT INTO pg_init_privs
    SELECT oid, 'pg_namespace'::regclass, 0, 'i', nspacl FROM pg_namespace WHERE nspname = 'public';
END $$
"""
"""Nearly all that a page makes stands in a schema, and public is as in a database that is new."""

LEFT = """
SELECT FROM pg_default_acl UNION ALL SELECT FROM pg_publication UNION ALL SELECT FROM pg_event_trigger
UNION ALL SELECT FROM pg_extension WHERE extname <> 'plpgsql' UNION ALL SELECT FROM pg_cast WHERE oid >= 16384
UNION ALL SELECT FROM pg_database WHERE datname = current_database() AND datacl IS NOT NULL
"""
"""What stands in none."""


class Block(NamedTuple):
    """A fenced block: what its fence says, its text, the number of its first line, and whether it follows the block
    before it with nothing but blank lines between."""

    info: str
    text: str
    line: int
    follows: bool

    @property
    def file(self) -> str | None:
        """The file that it is, where its fence names one."""
        name = self.info.partition(" ")[2]
        return name if "." in name else None


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page."""
    found: list[Block] = []
    start, info, follows = 0, "", False
    lines = page.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, 1):
        fence = _FENCE.match(line)
        if start and fence and not fence[1]:
            found.append(Block(info, "\n".join(lines[start : number - 1]) + "\n", start + 1, follows))
            start, follows = 0, True
        elif not start and fence:
            start, info = number, fence[1]
        elif not start and line.strip():
            follows = False
    assert not start, f"{page.name}, line {start}: the block has no end"
    return found


def module_of(page: Path) -> str:
    """The Python of a page that is meant to pass the type checkers, each line where it is in the page."""
    lines = [""] * len(page.read_text(encoding="utf-8").splitlines())
    for block in blocks(page):
        if block.info == "python":
            code = block.text.splitlines()
            lines[block.line - 1 : block.line - 1 + len(code)] = code
    return "\n".join(lines) + "\n"


def imported(page: Path) -> dict[str, str]:
    """The files of a page that its code imports, and their text."""
    found = blocks(page)
    wanted = set(re.findall(r"^(?:from|import) (\w+)", module_of(page), re.MULTILINE))
    return {
        block.file: block.text
        for block in found
        if block.file is not None and block.file.endswith(".py") and block.file.partition("/")[0] in wanted
    }


def run(page: Path) -> None:
    """Run a page; AssertionError where it does not do what it shows."""
    found = blocks(page)
    module = types.ModuleType(f"{page.stem}_page")
    module.__file__ = str(page)
    sys.modules[module.__name__] = module  # annotations are looked up there
    with contextlib.ExitStack() as stack:
        stack.callback(_forget, module)
        if any(block.file for block in found):
            stack.enter_context(_project())
        for block, after in zip(found, [*found[1:], None], strict=True):
            shown = after if after is not None and after.follows and after.info in ("text", "sql") else None
            if block.file is not None:
                Path(block.file).parent.mkdir(parents=True, exist_ok=True)
                Path(block.file).write_text(block.text, encoding="utf-8")
            elif block.info == "console":
                _same(page, block, _commands(block), block.text)
            elif block.info == "python":
                _same(page, block, _run(page, block, module), shown.text if shown else "")
            elif block.info == "python raises":
                assert shown, f"{page.name}, line {block.line}: no text block below says what it raises"
                _same(page, block, _raised(page, block, module), shown.text)
        for name, test in list(vars(module).items()):
            if name.startswith("test_") and inspect.iscoroutinefunction(test):
                anyio.run(_awaited, test)
            elif name.startswith("test_") and len(inspect.signature(test).parameters) == 1:
                with connect() as db, db.transaction(rollback=True) as tx:
                    test(tx)


async def _awaited(test: Callable[[AsyncTx], Awaitable[None]]) -> None:
    async with connect_async() as db, db.transaction(rollback=True) as tx:
        await test(tx)


def _forget(module: types.ModuleType) -> None:
    del sys.modules[module.__name__]
    for value in vars(module).values():
        if isinstance(value, Database):
            value.close()


@contextlib.contextmanager
def _project() -> Generator[None]:
    """An empty folder to run in, whose modules are forgotten with it."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        try:
            yield
        finally:
            home = Path(folder).resolve()
            for name, each in list(sys.modules.items()):
                if Path(getattr(each, "__file__", None) or "/").is_relative_to(home):
                    del sys.modules[name]


def _commands(block: Block) -> str:
    """What the commands of a block print, as the block shows it."""
    from tests.kit.command.commands import run as command

    said: list[str] = []
    for line in block.text.splitlines():
        if line.startswith("$ qb"):
            environ = {name: os.environ[name] for name in ("DATABASE_URL",) if name in os.environ}
            done = command(*shlex.split(line)[2:], folder=Path.cwd(), **environ)
            ending = f"[exit {done.code}]\n" if done.code else ""
            said.append(f"{line}\n{done.output}{done.errors}{ending}")
    return "".join(said)


def _run(page: Path, block: Block, module: types.ModuleType) -> str:
    promised = dict(_promises(block.text))
    tree = ast.parse(block.text)
    ast.increment_lineno(tree, block.line - 1)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        for statement in tree.body:
            promise = promised.pop((statement.end_lineno or 0) - block.line + 1, None)
            if promise is not None and isinstance(statement, ast.Expr):
                code = compile(ast.Expression(statement.value), str(page), "eval")
                got = repr(eval(code, vars(module)))
                place = f"{page.name}, line {statement.end_lineno}"
                assert doctest.OutputChecker().check_output(promise, got, _FLAGS), f"{place}:\n{got}\nnot\n{promise}"
            else:
                assert promise is None, f"{page.name}, line {statement.end_lineno}: `# ->` follows an expression"
                exec(compile(ast.Module([statement], []), str(page), "exec"), vars(module))
    assert not promised, f"{page.name}, line {block.line}: `# ->` stands at the end of a whole statement"
    return printed.getvalue()


def _raised(page: Path, block: Block, module: types.ModuleType) -> str:
    tree = ast.parse(block.text)
    ast.increment_lineno(tree, block.line - 1)
    try:
        exec(compile(tree, str(page), "exec"), vars(module))
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    raise AssertionError(f"{page.name}, line {block.line}: it does not raise")


def _promises(code: str) -> Iterator[tuple[int, str]]:
    """The numbers of the lines on which statements end, and what these give."""
    lines = code.splitlines()
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        if token.type == tokenize.COMMENT and token.string.startswith("# -> "):
            line, text = token.start[0], [token.string.removeprefix("# -> ")]
            if token.line.startswith("#"):
                text += [more[1:] for more in itertools.takewhile(lambda more: more.startswith("#    "), lines[line:])]
                line -= 1
            yield line, "\n".join(text)


def _same(page: Path, block: Block, got: str, shown: str) -> None:
    same = doctest.OutputChecker().check_output(shown, got, _FLAGS)
    assert same, f"{page.name}, line {block.line}:\n{got}\nnot\n{shown}"
