"""Resolving a table's annotations: strings, forward and self references, names local to a function.

A name may be defined further down, so each annotation is read when it is first needed, and once.
"""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any, ForwardRef

from qb.errors import DefinitionError


class Scope:
    """Where the names of a class body's annotations are looked up: its module, and the functions around it."""

    __slots__ = ("frames", "outer", "snapshot")
    outer: dict[str, Any]
    """The names of the module, or of the example, notebook or `exec` that the class stands in."""
    frames: list[FrameType]
    snapshot: dict[str, Any]

    def __init__(self, module: str, frame: FrameType | None) -> None:
        self.frames, self.snapshot = [], {}
        found = sys.modules.get(module)
        self.outer = vars(found) if found is not None else {}
        if frame is not None and frame.f_globals.get("__name__") == module:
            self.outer = frame.f_globals
        while frame is not None and frame.f_locals is not frame.f_globals and frame.f_globals.get("__name__") == module:
            self.frames.append(frame)
            frame = frame.f_back
        self.refresh()

    def refresh(self) -> None:
        """Read the local names again, as a function defines them one after the other."""
        for frame in reversed(self.frames):
            self.snapshot.update(frame.f_locals)

    def close(self) -> None:
        """Let go of the frames, and of all that their variables hold."""
        self.frames = []


def raw_annotations(cls: type) -> dict[str, Any]:
    """The annotations of a class body as they were written."""
    if sys.version_info >= (3, 14):
        import annotationlib

        return dict(annotationlib.get_annotations(cls, format=annotationlib.Format.FORWARDREF))
    found: dict[str, Any] = type.__getattribute__(cls, "__dict__").get("__annotations__", {})
    return found


def body_annotations(namespace: dict[str, Any]) -> dict[str, Any]:
    """The same, before the class is there."""
    if sys.version_info >= (3, 14):
        import annotationlib

        annotate = annotationlib.get_annotate_from_class_namespace(namespace)
        if annotate is not None:
            form = annotationlib.Format.FORWARDREF
            return dict(annotationlib.call_annotate_function(annotate, form))
    found: dict[str, Any] = namespace.get("__annotations__", {})
    return found


def resolve(cls: type, attribute: str, annotation: Any, scope: Scope, table: str) -> Any:
    """The annotation of a column as a Python type; NameError while a name in it is not defined yet."""
    if not isinstance(annotation, str | ForwardRef):
        return annotation
    scope.refresh()
    names = {**scope.snapshot, cls.__name__: cls}
    if isinstance(annotation, ForwardRef):
        if sys.version_info >= (3, 14):
            return annotation.evaluate(globals=scope.outer, locals=names)
        annotation = annotation.__forward_arg__
    try:
        return eval(annotation, scope.outer, names)
    except NameError:
        raise
    except Exception as error:
        raise DefinitionError(
            f"{table}.{attribute}: the annotation {annotation!r} cannot be read: {type(error).__name__}: {error}"
        ) from error


def unresolved(table: str, attribute: str, annotation: object, error: NameError) -> DefinitionError:
    """What to say about a name that is still not there when the column is used."""
    return DefinitionError(
        f"{table}.{attribute}: its annotation {str(annotation)!r} uses {error.name!r}, which is not there at run time. "
        f"Rows are decoded by it: import {error.name} outside of `if TYPE_CHECKING:`, or define it before the first use"
    )
