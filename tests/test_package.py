"""What is shipped, and which part may import which."""

import ast
import graphlib
import keyword
import re
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sources import nodes, parsed

ROOT = Path(__file__).resolve().parent.parent
CODECS = ROOT / "codecs"


def run(*command: str | Path) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> frozenset[str]:
    """The names of the files in the wheel. Built without isolation, so without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT)
    (built,) = folder.glob("qb-*.whl")
    with zipfile.ZipFile(built) as archive:
        return frozenset(archive.namelist())


def test_the_wheel_ships_qb_and_nothing_else(wheel: frozenset[str]) -> None:
    assert {name for name in wheel if not re.match(r"qb/|qb-[^/]+\.dist-info/", name)} == set()


def test_the_wheel_ships_every_module_of_qb(wheel: frozenset[str]) -> None:
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "qb").rglob("*.py")}
    assert "qb/__init__.py" in modules
    assert modules <= wheel


def test_the_wheel_says_that_it_is_typed(wheel: frozenset[str]) -> None:
    assert "qb/py.typed" in wheel


def test_imports_point_down() -> None:
    """The contracts are in pyproject.toml. Without the cache: the tests leave nothing behind."""
    run(Path(sysconfig.get_path("scripts")) / "lint-imports", "--no-cache", "--no-logo")


def imported_by(folder: Path) -> Iterator[tuple[str, str]]:
    """Pairs of a file and the top-level name it imports."""
    for path in sorted(folder.rglob("*.py")):
        for node in nodes(path):
            match node:
                case ast.Import(names=names):
                    found = [name.name for name in names]
                case ast.ImportFrom(module=str(module), level=0):
                    found = [module]
                case _:
                    continue
            for name in found:
                yield path.relative_to(ROOT).as_posix(), name.partition(".")[0]


def packages_in_codecs() -> frozenset[str]:
    return frozenset(path.stem for path in CODECS.glob("*") if path.suffix == ".py" or any(path.glob("*.py")))


def test_codecs_is_a_folder_and_not_a_package() -> None:
    """`import codecs` is the standard library's: with an `__init__.py` the checkers would believe otherwise."""
    assert not (CODECS / "__init__.py").exists()


def test_what_is_in_codecs_imports_qb_and_nothing_else_of_ours() -> None:
    others = {"tables", "benchmarks", "tests", "tools"}
    assert [pair for pair in imported_by(CODECS) if pair[1] in others] == []


def test_qb_imports_nothing_that_is_in_codecs() -> None:
    assert [pair for pair in imported_by(ROOT / "qb") if pair[1] in packages_in_codecs()] == []


def section(markdown: str, heading: str) -> str:
    """The text below the first heading that matches, up to the next one of its level or above."""
    lines: list[str] = []
    level, fenced = 0, False
    for line in markdown.splitlines():
        fenced ^= line.lstrip().startswith("```")
        title = None if fenced else re.match(r"(#+)\s+(.*)", line)
        if title and level and len(title[1]) <= level:
            break
        if title and not level and re.search(heading, title[2], re.IGNORECASE):
            level = len(title[1])
        elif level:
            lines.append(line)
    return "\n".join(lines)


def test_setting_up_takes_two_commands() -> None:
    """The README promises no more than that, so neither may it ask for more."""
    text = section((ROOT / "README.md").read_text(encoding="utf-8"), r"\bset[ -]?up\b")
    assert set(re.findall(r"\bmake [a-z][a-z-]*", text)) == {"make demo", "make test"}


def test_describing_and_building_load_neither_driver_nor_pypika() -> None:
    """They are most of what there is to import; whoever connects or compiles loads them."""
    program = "import sys, qb; print(sorted({'psycopg', 'pypika', 'anyio'} & set(sys.modules)), qb.connect.__name__)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[] connect\n"


def test_importing_qb_loads_no_more_than_describing_needs() -> None:
    """What prepares, compiles and plans is loaded by those who ask for it, and what these need of Python's own, too."""
    asked = "{'logging', 'pathlib', 'zoneinfo', 'fractions', 'qb.typing', 'qb.ddl.plan', 'qb.query.prepared.prepare'}"
    program = (
        "import sys; before = set(sys.modules); import qb; loaded = set(sys.modules) - before\n"
        f"print(sorted({asked} & loaded), sum(name.startswith('qb') for name in loaded) <= 195)\n"
        "print(qb.prepare.__name__, qb.compile.__name__, qb.typing.__name__)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[] True\nprepare compile qb.typing\n"


def test_describing_tables_loads_neither_errors_of_the_server_nor_outcomes() -> None:
    """Which are dataclasses, and `returns`: a fifth of what describing needs. Who talks to a server loads them."""
    program = (
        "import sys; from qb import Col, Table, column\n"
        "class Seat(Table, name='seats'):\n    id: Col[int] = column(primary_key=True)\n    row: Col[str | None]\n"
        "late = {'returns', 'qb.errors.family', 'qb.errors.outcome', 'qb.render.compiled', 'pypika', 'psycopg'}\n"
        "print(sorted(late & set(sys.modules)), sum(name.startswith('qb') for name in sys.modules) <= 125)\n"
        "import qb.errors; from qb.run.report.diagnose import BY_STATE\n"
        "print(BY_STATE['23505'].__name__, qb.errors.NotFound.__module__, len(qb.errors.DbError.__subclasses__()))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[] True\nUniqueViolation qb.errors 27\n"


def modules() -> list[str]:
    found = sorted(path.relative_to(ROOT).with_suffix("") for path in (ROOT / "qb").rglob("*.py"))
    return [".".join(path.parts).removesuffix(".__init__") for path in found if path.name != "__main__.py"]


def test_every_module_is_imported_by_its_dotted_name() -> None:
    """A function named as its package hides it: `import qb.query.select` must give the module, whatever qb exports."""
    names = modules()
    assert "qb.query.select" in names
    program = (
        "import importlib, sys, types\n"
        "for name in sys.argv[1:]:\n"
        "    exec(f'import {name}')\n"
        "    assert isinstance(eval(name), types.ModuleType), name\n"
    )
    run(sys.executable, "-c", program, *names)


def test_no_module_is_longer_than_one_idea() -> None:
    """Those that a tool makes are as long as what they are made from, and a list of names as there are names."""
    long: set[str] = set()
    names = {ROOT / "qb" / "__init__.py", ROOT / "qb" / "kit" / "__init__.py"}
    for path in (ROOT / "qb").rglob("*.py"):
        lines = path.read_text(encoding="utf-8").splitlines()
        if len(lines) > 400 and not lines[0].startswith("# Made by ") and path not in names:
            long.add(path.relative_to(ROOT).as_posix())
    assert long == set()


QUERIES = ("qb/query", "qb/query/expr", "qb/types")
TREE = ("qb/tree",)
RENDER = ("qb/render",)
DDL = ("qb/render/ddl",)
TALK = ("qb/run/talk", "qb/query/prepared")
ALL_THREE = (QUERIES, TREE, RENDER)

WORDS: dict[str, tuple[tuple[str, ...], ...]] = {
    "SELECT": ALL_THREE,
    "INSERT": ALL_THREE,
    "UPDATE": ALL_THREE,
    "DELETE": ALL_THREE,
    "UNION": ALL_THREE,
    "VALUES": ALL_THREE,
    "ON CONFLICT": ALL_THREE,
    "JOIN": ALL_THREE,
    "LIMIT": ALL_THREE,
    "FOR UPDATE": ALL_THREE,
    "FROM": (QUERIES, TREE),
    "WITH": (QUERIES, RENDER),
    "WHERE": (QUERIES, RENDER),
    "RETURNING": (QUERIES, RENDER),
    "SET": (QUERIES,),
    "EXCLUDED": (QUERIES,),
    "GROUP BY": (QUERIES,),
    "HAVING": (QUERIES,),
    "DISTINCT": (QUERIES,),
    "ORDER BY": (QUERIES,),
    "OVER": (QUERIES,),
    "FILTER": (QUERIES,),
    "ALIAS": (QUERIES,),
    "SUBQUERY": (QUERIES,),
    "CASE": (QUERIES,),
    "CAST": (QUERIES,),
    "EXISTS": (QUERIES,),
    "LIKE": (QUERIES,),
    "ENUM": (QUERIES, DDL),
    "ARRAY": (QUERIES,),
    "TABLE": (DDL,),
    "COLUMN": (DDL,),
    "CHECK": (DDL,),
    "UNIQUE": (DDL,),
    "PRIMARY KEY": (DDL,),
    "FOREIGN KEY": (DDL,),
    "INDEX": (DDL,),
    "SEQUENCE": (DDL,),
    "SCHEMA": (DDL,),
    "EXTENSION": (DDL,),
    "PREPARE": (TALK,),
    "COPY": (TALK,),
    "TRANSACTION": (TALK,),
}
"""Where each word is found: one file in each of these."""

BESIDE = {
    "INTERSECT": "UNION",
    "EXCEPT": "UNION",
    "OFFSET": "LIMIT",
    "FOR SHARE": "FOR UPDATE",
    "DISTINCT ON": "DISTINCT",
}
"""Words that the manual has on one page with another."""


def module_of(word: str) -> str:
    """`group_by` for GROUP BY; Python's own words get what they are: `with_clause`."""
    name = word.lower().replace(" ", "_")
    return f"{name}_clause" if keyword.iskeyword(name) else name


@pytest.mark.parametrize("word", WORDS)
def test_words_of_sql_are_found_by_the_name_of_a_file(word: str) -> None:
    """By the word itself, and its first lines say so; a clause is called alike where it is said, kept and written."""
    for rooms in WORDS[word]:
        found = [path for room in rooms if (path := ROOT / room / f"{module_of(word)}.py").exists()]
        assert len(found) == 1, rooms
        assert re.search(rf"\b{word}", found[0].read_text(encoding="utf-8")[:600].upper())


@pytest.mark.parametrize(("word", "page"), BESIDE.items())
def test_words_that_share_a_page_share_a_module(word: str, page: str) -> None:
    (path,) = (found for room in QUERIES if (found := ROOT / room / f"{module_of(page)}.py").exists())
    assert word in path.read_text(encoding="utf-8").split('"""')[1]


def test_modules_that_are_called_alike_in_the_rooms_of_queries_are_about_the_same_word() -> None:
    """`tree/select`, `query/select` and `render/select` are one; what else is in two of them is a word above."""
    words = {module_of(word) for word in WORDS}
    rooms = ("qb/query", "qb/tree", "qb/render")
    names = [path.stem for room in rooms for path in (ROOT / room).glob("*.py") if path.stem != "__init__"]
    twice = {name for name in names if names.count(name) > 1}
    assert twice - words == {"raw", "expressions", "statements"}


def imports_of(path: Path, names: frozenset[str]) -> set[str]:
    """The modules of qb that a module imports as it is loaded: not for the checkers alone, nor in a function."""
    found: set[str] = set()
    waiting: list[ast.AST] = list(parsed(path).body)
    while waiting:
        match waiting.pop():
            case ast.ImportFrom(module=str(module), names=items):
                found |= {module, *(f"{module}.{item.name}" for item in items)} & names
            case ast.Import(names=items):
                found |= {item.name for item in items} & names
            case ast.If(test=ast.Name(id="TYPE_CHECKING"), orelse=rest):
                waiting += rest
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                pass
            case node:
                waiting += ast.iter_child_nodes(node)
    return found


def file_of(name: str) -> Path:
    path = ROOT / name.replace(".", "/")
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def test_no_module_imports_itself_in_a_circle() -> None:
    names = frozenset(modules()) - {"qb"}
    graph = {name: imports_of(file_of(name), names) for name in names}
    assert graph["qb.query.expr.expr"] >= {"qb.query.expr.containing", "qb.query.expr.composite_path"}
    graphlib.TopologicalSorter(graph).prepare()  # which raises CycleError


def test_nothing_is_imported_in_a_function_of_what_builds_queries() -> None:
    """What is imported late elsewhere keeps `import qb` light; here it could only hide a circle."""
    late: list[str] = []
    for room in ("query", "tree", "types"):
        for path in sorted((ROOT / "qb" / room).rglob("*.py")):
            for function in nodes(path):
                if isinstance(function, ast.FunctionDef):
                    inner = (node for node in ast.walk(function) if isinstance(node, ast.ImportFrom))
                    late += [path.name for node in inner if (node.module or "").startswith("qb")]
    assert late == []


ON_PURPOSE = {
    *("create", "drop", "alter", "granted", "subject", "line"),  # what a kind of object has in `render/ddl`
    *("select", "insert", "update", "delete"),  # how one says a statement, and how it is written
    "check",  # a condition; and a database: the name of a command
    "perform",  # what a command is, in its module of `qb.kit.command`
    *("Catalog", "Fact"),  # what is known of the server's catalog: by a session, and by the kit
    *("Point", "Polygon"),  # of the plane, and as GeoJSON says it
}
"""Names of which there are several, as they mean one thing."""


def named(node: ast.stmt) -> Iterator[str]:
    """What a statement of a module gives a name to; the variables of types are everybody's own."""
    match node:
        case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            yield name
        case ast.AnnAssign(target=ast.Name(id=name)):
            yield name
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            if not (
                isinstance(value, ast.Call) and ast.unparse(value.func) in ("TypeVar", "TypeVarTuple", "ParamSpec")
            ):
                yield name
        case _:
            pass


def test_no_name_means_two_things() -> None:
    """Neither a class nor a function nor an alias that others import."""
    where: dict[str, set[str]] = {}
    for path in sorted((ROOT / "qb").rglob("*.py")):
        made = path.read_text(encoding="utf-8").startswith("# Made by ")  # like its source, but for the name
        for node in parsed(path).body:
            for name in named(node):
                if not name.startswith("_") and not (made and not isinstance(node, ast.ClassDef)):
                    where.setdefault(name, set()).add(path.relative_to(ROOT).as_posix())
    assert "Expr" in where
    assert {name: paths for name, paths in where.items() if len(paths) > 1 and name not in ON_PURPOSE} == {}
    assert all(len(where[name]) > 1 for name in ON_PURPOSE)
