"""Notebooks as code: their cells as one module, for the type checkers."""

import ast
import inspect
import textwrap
from pathlib import Path
from typing import Any

import nbformat


def read(notebook: Path) -> Any:
    """A notebook as its library reads it, which has no types."""
    library: Any = nbformat
    return library.read(notebook, as_version=4)


def write(content: Any, notebook: Path) -> None:
    """A notebook with its outputs, and without what changes from run to run."""
    for cell in content.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = joined(cell.outputs)
    content.metadata.language_info = {"name": "python"}
    library: Any = nbformat
    library.write(content, notebook)


def joined(outputs: list[Any]) -> list[Any]:
    """The outputs of a cell, with what was printed in one piece: a busy kernel sends it in several."""
    found: list[Any] = []
    for output in outputs:
        if found and output.output_type == "stream" and found[-1].get("name") == output.name:
            found[-1].text += output.text
        else:
            found.append(output)
    return found


def module_of(notebook: Path) -> str:
    """The code cells in order. A cell that awaits becomes a coroutine, as a module has no `await` of its own."""
    cells = read(notebook).cells
    code = (_code(cell.source, number) for number, cell in enumerate(cells) if cell.cell_type == "code")
    return "\n\n".join(code) + "\n"


def _code(source: str, number: int) -> str:
    compiled = compile(source, f"cell {number}", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    if not compiled.co_flags & inspect.CO_COROUTINE:
        return source
    return f"async def cell_{number}() -> None:\n{textwrap.indent(source, '    ')}"
