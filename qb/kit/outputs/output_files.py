"""`write_outputs`: the files that a config names are written anew, or looked at whether they are stale."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final, Literal, TypeAlias

import msgspec

from qb.errors.outcome import Failure, Success
from qb.kit.catalog import Catalog
from qb.kit.drawn.docs import docs
from qb.kit.drawn.erd import DiagramFormat, erd
from qb.kit.errors import KitError
from qb.kit.outputs.json_documents import json_schema_document, openapi_document
from qb.kit.outputs.typescript import typescript
from qb.model.schema import Schema

OutputKind: TypeAlias = Literal["docs", "erd", "json_schema", "openapi", "typescript"]
"""What is written."""


class OutputFile(msgspec.Struct, frozen=True):
    """One file, and what became of it."""

    kind: OutputKind
    file: str
    state: Literal["written", "same", "stale", "missing"]
    """With `check` nothing is written: it is the same, stale, or not there."""


OutputsWriting: TypeAlias = Success[tuple[OutputFile, ...]] | Failure[KitError, tuple[OutputFile, ...]]
"""What comes back: the files, in the order in which they were named."""


@dataclass(repr=False, eq=False)
class UnwritableOutput(KitError):
    """A file that cannot be written, or read."""

    file: str
    message: str
    code: ClassVar[str] = "unwritable-output"

    def __str__(self) -> str:
        return f"{self.file}: {self.message}"


_DIAGRAMS: Final[Mapping[str, DiagramFormat]] = {".svg": "svg", ".dot": "dot", ".gv": "dot"}


def write_outputs(
    schema: Schema, catalog: Catalog, outputs: Mapping[OutputKind, Path], *, check: bool = False
) -> OutputsWriting:
    """Write what others read of a schema: TypeScript, JSON Schema, OpenAPI, the dictionary, the diagram.

    A file that says the same already is not touched; one that does not is written beside itself and renamed, so that
    nobody reads half of it. With `check` nothing is written. `catalog` is what the schema is on a server: `canonical`.
    Errors: `UnwritableOutput`.

    >>> import tempfile
    >>> from pathlib import Path
    >>> from qb.kit import canonical, write_outputs
    >>> wanted = schema(User, Task)
    >>> file = Path(tempfile.mkdtemp()) / "schema.ts"
    >>> [each.state for each in write_outputs(wanted, canonical(wanted).unwrap(), {"typescript": file}).unwrap()]
    ['written']
    >>> [each.state for each in write_outputs(wanted, canonical(wanted).unwrap(), {"typescript": file}).unwrap()]
    ['same']
    """
    made: dict[OutputKind, Callable[[Path], str]] = {
        "docs": lambda file: docs(catalog),
        "erd": lambda file: _diagram(catalog, file),
        "json_schema": lambda file: json_schema_document(schema),
        "openapi": lambda file: openapi_document(schema),
        "typescript": lambda file: typescript(catalog),
    }
    found: list[OutputFile] = []
    for kind, file in outputs.items():
        text = made[kind](file)
        try:
            found.append(OutputFile(kind, str(file), _state(file, text) if check else _written(file, text)))
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            return Failure(UnwritableOutput(str(file), reason))
    return Success(tuple(found))


def _diagram(catalog: Catalog, file: Path) -> str:
    text = erd(catalog, _DIAGRAMS.get(file.suffix.lower(), "mermaid"))
    return f"```mermaid\n{text}```\n" if file.suffix == ".md" else text


def _state(file: Path, text: str) -> Literal["same", "stale", "missing"]:
    if not file.exists():
        return "missing"
    return "same" if file.read_bytes() == text.encode() else "stale"


def _written(file: Path, text: str) -> Literal["written", "same"]:
    if _state(file, text) == "same":
        return "same"
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(text.encode())
        mode = file.stat().st_mode & 0o777 if file.exists() else 0o666 & ~_umask()
        Path(beside).chmod(mode)
        Path(beside).replace(file)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
    return "written"


def _umask() -> int:
    before = os.umask(0o022)
    os.umask(before)
    return before
