"""`Hidden` and `Deprecated`: annotations that say more of a column than its type.

At run time `Hidden[X]` and `Deprecated[X]` are X with a mark (`Annotated`). Which fields a row has is known when its
class is made, and a name within the brackets perhaps only later: so of one that is text its head alone counts.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any, ForwardRef, Never, TypeVar, get_args, get_origin, overload

from typing_extensions import deprecated

from qb.declare.lazy_annotations import Scope
from qb.query.expr.column import Column

T = TypeVar("T")


class ColumnMark(Enum):
    """What an annotation says beside the type; printed as it is written."""

    HIDDEN = "Hidden"
    DEPRECATED = "Deprecated"

    def __repr__(self) -> str:
        return self.value


if TYPE_CHECKING:

    class Hidden(Column[T]):
        """A column that no row holds unless it is asked for: a tsvector, an embedding, a big body.

        The class has it, `new(T)` takes it, `select(T)` and RETURNING of a whole row leave it out, and
        `select(T, T.search)` reads it. The checkers know that a row has no such attribute.

        >>> class Page(Table, name="pages"):
        ...     id: Col[int] = column(primary_key=True, default=identity())
        ...     title: Col[str]
        ...     body: Hidden[str] = column(default="")
        >>> db.run(create_all(schema(Page)))
        <Success: 1>
        >>> db.one(insert(new(Page)(title="Qb", body="A long text")).returning())
        <Success: Page(id=1, title='Qb')>
        >>> db.one(select(Page.title, Page.body))
        <Success: ('Qb', 'A long text')>
        """

        def __get__(self, instance: None, owner: type[object]) -> Column[T]: ...
        def __set__(self, instance: Never, value: T) -> None: ...

    class Deprecated(Column[T]):
        """A column that is on its way out: checkers mark each use (PEP 702), and its comment says what to use instead.

        `new(T)` takes it as ever, and rows hold it. mypy marks with `enable_error_code = ["deprecated"]`, pyright with
        `reportDeprecated`. https://peps.python.org/pep-0702/

        >>> class Article(Table, name="articles"):
        ...     id: Col[int] = column(primary_key=True, default=identity())
        ...     summary: Col[str] = column(default="")
        ...     excerpt: Deprecated[str] = column(default="", deprecated="use summary")
        >>> create_all(schema(Article)).statements[-1]
        'COMMENT ON COLUMN "articles"."excerpt" IS \\'Deprecated: use summary\\''
        """

        @overload
        @deprecated("this column is deprecated: its declaration says what to use")
        def __get__(self, instance: None, owner: type[object]) -> Column[T]: ...
        @overload
        @deprecated("this column is deprecated: its declaration says what to use")
        def __get__(self, instance: object, owner: type[object]) -> T: ...
        def __get__(self, instance: object | None, owner: type[object]) -> Column[T] | T: ...
        def __set__(self, instance: Never, value: T) -> None: ...

else:

    class Hidden:
        """A column that no row holds unless it is asked for: a tsvector, an embedding, a big body.

        The class has it, `new(T)` takes it, `select(T)` and RETURNING of a whole row leave it out, and
        `select(T, T.search)` reads it. The checkers know that a row has no such attribute.

        >>> class Page(Table, name="pages"):
        ...     id: Col[int] = column(primary_key=True, default=identity())
        ...     title: Col[str]
        ...     body: Hidden[str] = column(default="")
        >>> db.run(create_all(schema(Page)))
        <Success: 1>
        >>> db.one(insert(new(Page)(title="Qb", body="A long text")).returning())
        <Success: Page(id=1, title='Qb')>
        >>> db.one(select(Page.title, Page.body))
        <Success: ('Qb', 'A long text')>
        """

        def __class_getitem__(cls, python):
            return Annotated[python, ColumnMark.HIDDEN]

    class Deprecated:
        """A column that is on its way out: checkers mark each use (PEP 702), and its comment says what to use instead.

        `new(T)` takes it as ever, and rows hold it. mypy marks with `enable_error_code = ["deprecated"]`, pyright with
        `reportDeprecated`. https://peps.python.org/pep-0702/

        >>> class Article(Table, name="articles"):
        ...     id: Col[int] = column(primary_key=True, default=identity())
        ...     summary: Col[str] = column(default="")
        ...     excerpt: Deprecated[str] = column(default="", deprecated="use summary")
        >>> create_all(schema(Article)).statements[-1]
        'COMMENT ON COLUMN "articles"."excerpt" IS \\'Deprecated: use summary\\''
        """

        def __class_getitem__(cls, python):
            return Annotated[python, ColumnMark.DEPRECATED]


def mark_of(annotation: object, scope: Scope) -> ColumnMark | None:
    """The mark of an annotation as it was written, perhaps as text whose type is not there yet."""
    if isinstance(annotation, ForwardRef):
        annotation = annotation.__forward_arg__
    if not isinstance(annotation, str):
        return _marked(annotation)
    head, bracket, _ = annotation.partition("[")
    first, *names = head.strip().split(".")
    if not bracket or not first.isidentifier():
        return None
    found: object = scope.snapshot.get(first, scope.outer.get(first))
    for name in names:
        found = getattr(found, name, None)
    known: dict[object, ColumnMark] = {Hidden: ColumnMark.HIDDEN, Deprecated: ColumnMark.DEPRECATED}
    return known.get(found) if isinstance(found, type) else None


def unmarked(annotation: Any) -> Any:
    """The annotation without its mark."""
    if _marked(annotation) is None:
        return annotation
    kept = tuple(each for each in annotation.__metadata__ if not isinstance(each, ColumnMark))
    return Annotated[(annotation.__origin__, *kept)] if kept else annotation.__origin__


def mark_within(annotation: object) -> ColumnMark | None:
    """A mark that is left in an annotation: it stands where none can be, or came too late."""
    if (found := _marked(annotation)) is not None:
        return found
    return next((found for each in get_args(annotation) if (found := mark_within(each)) is not None), None)


def _marked(annotation: object) -> ColumnMark | None:
    if get_origin(annotation) is not Annotated:
        return None
    metadata: tuple[object, ...] = getattr(annotation, "__metadata__", ())
    return next((each for each in metadata if isinstance(each, ColumnMark)), None)
