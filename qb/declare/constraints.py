"""Constraints that stand next to a table, as values: `foreign_key`, `check`. Keys are in `keys`.

https://www.postgresql.org/docs/current/ddl-constraints.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Literal, TypeAlias, cast, overload

from qb.declare.column import Action, check_actions
from qb.declare.content import Described
from qb.declare.deferral import Initially, deferral
from qb.declare.owner import columns_of, table_of, undefined
from qb.errors import DefinitionError
from qb.frozen import FrozenStruct
from qb.model.constraint import Check
from qb.model.written import written
from qb.query.expr.column import Column
from qb.query.expr.expr import Expr, is_expr
from qb.query.ladder import A, B, C, D, E, F, G, H, J, K, M, N, P, Q, V, W
from qb.tree.relations import TableSource, label
from qb.types.identifier import comment_text, identifier, name_before

To: TypeAlias = Column[A] | Column[A | None]
"""What a foreign key of type A points to: a column that is unique, and perhaps NULL."""


class SetColumns(FrozenStruct):
    """What `on_delete` takes beside an action: one that sets some of the columns of the key alone."""

    _said: ClassVar[str] = "an action is a frozen value"
    action: str
    columns: tuple[Column[Any], ...]


def set_null(*columns: Column[Any]) -> SetColumns:
    """ON DELETE SET NULL of these columns alone: `on_delete=set_null(Post.author_id)` keeps a tenant's column as it is.

    From PostgreSQL 15 on. https://www.postgresql.org/docs/current/sql-createtable.html#SQL-CREATETABLE-PARMS-REFERENCES

    >>> set_null(Task.user_id).action
    'set null'
    """
    return _set("set null", columns)


def set_default(*columns: Column[Any]) -> SetColumns:
    """ON DELETE SET DEFAULT of these columns alone, as `set_null`.

    >>> set_default(Task.user_id).columns
    (<column tasks.user_id>,)
    """
    return _set("set default", columns)


def _set(action: str, columns: tuple[Column[Any], ...]) -> SetColumns:
    columns_of(columns, action)  # for its errors
    return SetColumns(action, columns)


class ForeignKey(Described, frozen=True, eq=False):
    """Columns whose values are those of a row of another table; what they point to is perhaps not defined yet.

    >>> foreign_key(Task.user_id, User.id, on_delete="cascade").columns
    ('user_id',)
    """

    table: TableSource
    columns: tuple[str, ...]
    references: Callable[[], object]
    name: str | None = None
    on_delete: str | None = None
    on_update: str | None = None
    deferrable: str = ""
    on_delete_columns: tuple[str, ...] = ()
    match: str | None = None
    valid: bool = True
    period: bool = False
    comment: str | None = None
    renamed_from: str | None = None

    @property
    def what(self) -> str:
        """How errors call it."""
        return f"the foreign key of {label(self.table)}.{' and '.join(self.columns)}"

    def target(self) -> tuple[TableSource, tuple[str, ...]]:
        """The table and the columns it points to. DefinitionError where that is not a table's columns."""
        try:
            found = self.references()
        except NameError as error:
            raise undefined(self.what, error) from None
        columns = cast("tuple[object, ...]", found) if isinstance(found, tuple) else (found,)
        table, names = columns_of(columns, f"{self.what} (in its references)")
        if len(names) != len(self.columns):
            raise DefinitionError(
                f"{self.what} has {len(self.columns)} columns and references {len(names)}: give as many on both sides"
            )
        return table, names

    def parts(self) -> tuple[object, ...]:
        more = (self.on_delete, self.on_update, self.deferrable, self.on_delete_columns, self.match, self.valid)
        return (self.table, self.columns, self.target(), self.name, *more, self.period, self.comment, self.renamed_from)


def check(
    name: str,
    condition: Expr[bool | None],
    *,
    not_valid: bool = False,
    no_inherit: bool = False,
    comment: str | None = None,
    renamed_from: str | None = None,
) -> Check:
    """CHECK, next to the table: `positive = check("orders_total_check", Order.total > 0)`.

    A condition that is NULL holds. With `not_valid` rows that were there before are not looked at; with `no_inherit`
    tables that inherit do not have it. `comment` is what COMMENT ON says of it. `renamed_from` is what it was called
    before, for `qb generate`.
    https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-CHECK-CONSTRAINTS

    >>> short = check("tasks_title_check", fn.length(Task.title) < 100)
    >>> [each.name for each in schema(User, Task, short).tables[1].checks]
    ['tasks_hours_check', 'tasks_title_check']
    """
    what = f"the check {identifier(name, 'a check')!r}"
    if not is_expr(condition):
        raise DefinitionError(f"{what} takes a condition such as Order.total > 0, not {condition!r}")
    table, said = table_of((condition.node,), what), comment_text(comment, what)
    before, held = name_before(renamed_from, what), written(condition.node)
    return Check(table, name, held, not not_valid, no_inherit, comment=said, renamed_from=before)


# ladder: foreign_key, made by tools/overloads.py: change that, then run `make generate`
# fmt: off
@overload
def foreign_key(
    columns: Expr[A | None],
    references: To[A] | Callable[[], To[A]],
    *, name: str | None = None, on_delete: Action | SetColumns | None = None, on_update: Action | None = None,
    match: Literal["simple", "full"] | None = None, deferrable: bool = False, initially: Initially | None = None,
    not_valid: bool = False, period: bool = False, comment: str | None = None, renamed_from: str | None = None,
) -> ForeignKey: ...
@overload
def foreign_key(
    columns: tuple[Expr[A | None], Expr[B | None]],
    references: tuple[To[A], To[B]] | Callable[[], tuple[To[A], To[B]]],
    *, name: str | None = None, on_delete: Action | SetColumns | None = None, on_update: Action | None = None,
    match: Literal["simple", "full"] | None = None, deferrable: bool = False, initially: Initially | None = None,
    not_valid: bool = False, period: bool = False, comment: str | None = None, renamed_from: str | None = None,
) -> ForeignKey: ...
@overload
def foreign_key(
    columns: tuple[Expr[A | None], Expr[B | None], Expr[C | None]],
    references: tuple[To[A], To[B], To[C]] | Callable[[], tuple[To[A], To[B], To[C]]],
    *, name: str | None = None, on_delete: Action | SetColumns | None = None, on_update: Action | None = None,
    match: Literal["simple", "full"] | None = None, deferrable: bool = False, initially: Initially | None = None,
    not_valid: bool = False, period: bool = False, comment: str | None = None, renamed_from: str | None = None,
) -> ForeignKey: ...
@overload
def foreign_key(
    columns: tuple[Expr[A | None], Expr[B | None], Expr[C | None], Expr[D | None]],
    references: tuple[To[A], To[B], To[C], To[D]] | Callable[[], tuple[To[A], To[B], To[C], To[D]]],
    *, name: str | None = None, on_delete: Action | SetColumns | None = None, on_update: Action | None = None,
    match: Literal["simple", "full"] | None = None, deferrable: bool = False, initially: Initially | None = None,
    not_valid: bool = False, period: bool = False, comment: str | None = None, renamed_from: str | None = None,
) -> ForeignKey: ...
@overload
def foreign_key(
    columns: tuple[Expr[A | None], Expr[B | None], Expr[C | None], Expr[D | None], Expr[E | None]],
    references: tuple[To[A], To[B], To[C], To[D], To[E]] | Callable[[], tuple[To[A], To[B], To[C], To[D], To[E]]],
    *, name: str | None = None, on_delete: Action | SetColumns | None = None, on_update: Action | None = None,
    match: Literal["simple", "full"] | None = None, deferrable: bool = False, initially: Initially | None = None,
    not_valid: bool = False, period: bool = False, comment: str | None = None, renamed_from: str | None = None,
) -> ForeignKey: ...
@overload
def foreign_key(
    columns: tuple[Expr[A | None], Expr[B | None], Expr[C | None], Expr[D | None], Expr[E | None], Expr[F | None]],
    references: tuple[To[A], To[B], To[C], To[D], To[E], To[F]] | Callable[[], tuple[To[A], To[B], To[C], To[D],
    To[E], To[F]]],
    *, name: str | None = None, on_delete: Action | SetColumns | None = None, on_update: Action | None = None,
    match: Literal["simple", "full"] | None = None, deferrable: bool = False, initially: Initially | None = None,
    not_valid: bool = False, period: bool = False, comment: str | None = None, renamed_from: str | None = None,
) -> ForeignKey: ...
@overload
def foreign_key(
    columns: tuple[Expr[A | None], Expr[B | None], Expr[C | None], Expr[D | None], Expr[E | None], Expr[F | None],
    Expr[G | None]],
    references: tuple[To[A], To[B], To[C], To[D], To[E], To[F], To[G]] | Callable[[], tuple[To[A], To[B], To[C],
    To[D], To[E], To[F], To[G]]],
    *, name: str | None = None, on_delete: Action | SetColumns | None = None, on_update: Action | None = None,
    match: Literal["simple", "full"] | None = None, deferrable: bool = False, initially: Initially | None = None,
    not_valid: bool = False, period: bool = False, comment: str | None = None, renamed_from: str | None = None,
) -> ForeignKey: ...
@overload
def foreign_key(
    columns: tuple[Expr[A | None], Expr[B | None], Expr[C | None], Expr[D | None], Expr[E | None], Expr[F | None],
    Expr[G | None], Expr[H | None]],
    references: tuple[To[A], To[B], To[C], To[D], To[E], To[F], To[G], To[H]] | Callable[[], tuple[To[A], To[B],
    To[C], To[D], To[E], To[F], To[G], To[H]]],
    *, name: str | None = None, on_delete: Action | SetColumns | None = None, on_update: Action | None = None,
    match: Literal["simple", "full"] | None = None, deferrable: bool = False, initially: Initially | None = None,
    not_valid: bool = False, period: bool = False, comment: str | None = None, renamed_from: str | None = None,
) -> ForeignKey: ...
@overload
def foreign_key(
    columns: tuple[Expr[A | None], Expr[B | None], Expr[C | None], Expr[D | None], Expr[E | None], Expr[F | None],
    Expr[G | None], Expr[H | None], Expr[J | None]],
    references: tuple[To[A], To[B], To[C], To[D], To[E], To[F], To[G], To[H], To[J]] | Callable[[], tuple[To[A],
    To[B], To[C], To[D], To[E], To[F], To[G], To[H], To[J]]],
    *, name: str | None = None, on_delete: Action | SetColumns | None = None, on_update: Action | None = None,
    match: Literal["simple", "full"] | None = None, deferrable: bool = False, initially: Initially | None = None,
    not_valid: bool = False, period: bool = False, comment: str | None = None, renamed_from: str | None = None,
) -> ForeignKey: ...
@overload
def foreign_key(
    columns: tuple[Expr[A | None], Expr[B | None], Expr[C | None], Expr[D | None], Expr[E | None], Expr[F | None],
    Expr[G | None], Expr[H | None], Expr[J | None], Expr[K | None]],
    references: tuple[To[A], To[B], To[C], To[D], To[E], To[F], To[G], To[H], To[J], To[K]] | Callable[[],
    tuple[To[A], To[B], To[C], To[D], To[E], To[F], To[G], To[H], To[J], To[K]]],
    *, name: str | None = None, on_delete: Action | SetColumns | None = None, on_update: Action | None = None,
    match: Literal["simple", "full"] | None = None, deferrable: bool = False, initially: Initially | None = None,
    not_valid: bool = False, period: bool = False, comment: str | None = None, renamed_from: str | None = None,
) -> ForeignKey: ...
@overload
def foreign_key(
    columns: tuple[Expr[A | None], Expr[B | None], Expr[C | None], Expr[D | None], Expr[E | None], Expr[F | None],
    Expr[G | None], Expr[H | None], Expr[J | None], Expr[K | None], Expr[M | None]],
    references: tuple[To[A], To[B], To[C], To[D], To[E], To[F], To[G], To[H], To[J], To[K], To[M]] | Callable[[],
    tuple[To[A], To[B], To[C], To[D], To[E], To[F], To[G], To[H], To[J], To[K], To[M]]],
    *, name: str | None = None, on_delete: Action | SetColumns | None = None, on_update: Action | None = None,
    match: Literal["simple", "full"] | None = None, deferrable: bool = False, initially: Initially | None = None,
    not_valid: bool = False, period: bool = False, comment: str | None = None, renamed_from: str | None = None,
) -> ForeignKey: ...
@overload
def foreign_key(
    columns: tuple[Expr[A | None], Expr[B | None], Expr[C | None], Expr[D | None], Expr[E | None], Expr[F | None],
    Expr[G | None], Expr[H | None], Expr[J | None], Expr[K | None], Expr[M | None], Expr[N | None]],
    references: tuple[To[A], To[B], To[C], To[D], To[E], To[F], To[G], To[H], To[J], To[K], To[M],
    To[N]] | Callable[[], tuple[To[A], To[B], To[C], To[D], To[E], To[F], To[G], To[H], To[J], To[K], To[M],
    To[N]]],
    *, name: str | None = None, on_delete: Action | SetColumns | None = None, on_update: Action | None = None,
    match: Literal["simple", "full"] | None = None, deferrable: bool = False, initially: Initially | None = None,
    not_valid: bool = False, period: bool = False, comment: str | None = None, renamed_from: str | None = None,
) -> ForeignKey: ...
@overload
def foreign_key(
    columns: tuple[Expr[A | None], Expr[B | None], Expr[C | None], Expr[D | None], Expr[E | None], Expr[F | None],
    Expr[G | None], Expr[H | None], Expr[J | None], Expr[K | None], Expr[M | None], Expr[N | None], Expr[P | None]],
    references: tuple[To[A], To[B], To[C], To[D], To[E], To[F], To[G], To[H], To[J], To[K], To[M], To[N],
    To[P]] | Callable[[], tuple[To[A], To[B], To[C], To[D], To[E], To[F], To[G], To[H], To[J], To[K], To[M], To[N],
    To[P]]],
    *, name: str | None = None, on_delete: Action | SetColumns | None = None, on_update: Action | None = None,
    match: Literal["simple", "full"] | None = None, deferrable: bool = False, initially: Initially | None = None,
    not_valid: bool = False, period: bool = False, comment: str | None = None, renamed_from: str | None = None,
) -> ForeignKey: ...
@overload
def foreign_key(
    columns: tuple[Expr[A | None], Expr[B | None], Expr[C | None], Expr[D | None], Expr[E | None], Expr[F | None],
    Expr[G | None], Expr[H | None], Expr[J | None], Expr[K | None], Expr[M | None], Expr[N | None], Expr[P | None],
    Expr[Q | None]],
    references: tuple[To[A], To[B], To[C], To[D], To[E], To[F], To[G], To[H], To[J], To[K], To[M], To[N], To[P],
    To[Q]] | Callable[[], tuple[To[A], To[B], To[C], To[D], To[E], To[F], To[G], To[H], To[J], To[K], To[M], To[N],
    To[P], To[Q]]],
    *, name: str | None = None, on_delete: Action | SetColumns | None = None, on_update: Action | None = None,
    match: Literal["simple", "full"] | None = None, deferrable: bool = False, initially: Initially | None = None,
    not_valid: bool = False, period: bool = False, comment: str | None = None, renamed_from: str | None = None,
) -> ForeignKey: ...
@overload
def foreign_key(
    columns: tuple[Expr[A | None], Expr[B | None], Expr[C | None], Expr[D | None], Expr[E | None], Expr[F | None],
    Expr[G | None], Expr[H | None], Expr[J | None], Expr[K | None], Expr[M | None], Expr[N | None], Expr[P | None],
    Expr[Q | None], Expr[V | None]],
    references: tuple[To[A], To[B], To[C], To[D], To[E], To[F], To[G], To[H], To[J], To[K], To[M], To[N], To[P],
    To[Q], To[V]] | Callable[[], tuple[To[A], To[B], To[C], To[D], To[E], To[F], To[G], To[H], To[J], To[K], To[M],
    To[N], To[P], To[Q], To[V]]],
    *, name: str | None = None, on_delete: Action | SetColumns | None = None, on_update: Action | None = None,
    match: Literal["simple", "full"] | None = None, deferrable: bool = False, initially: Initially | None = None,
    not_valid: bool = False, period: bool = False, comment: str | None = None, renamed_from: str | None = None,
) -> ForeignKey: ...
@overload
def foreign_key(
    columns: tuple[Expr[A | None], Expr[B | None], Expr[C | None], Expr[D | None], Expr[E | None], Expr[F | None],
    Expr[G | None], Expr[H | None], Expr[J | None], Expr[K | None], Expr[M | None], Expr[N | None], Expr[P | None],
    Expr[Q | None], Expr[V | None], Expr[W | None]],
    references: tuple[To[A], To[B], To[C], To[D], To[E], To[F], To[G], To[H], To[J], To[K], To[M], To[N], To[P],
    To[Q], To[V], To[W]] | Callable[[], tuple[To[A], To[B], To[C], To[D], To[E], To[F], To[G], To[H], To[J], To[K],
    To[M], To[N], To[P], To[Q], To[V], To[W]]],
    *, name: str | None = None, on_delete: Action | SetColumns | None = None, on_update: Action | None = None,
    match: Literal["simple", "full"] | None = None, deferrable: bool = False, initially: Initially | None = None,
    not_valid: bool = False, period: bool = False, comment: str | None = None, renamed_from: str | None = None,
) -> ForeignKey: ...
# fmt: on
# end of the ladder
def foreign_key(
    columns: object,
    references: object,
    *,
    name: str | None = None,
    on_delete: Action | SetColumns | None = None,
    on_update: Action | None = None,
    match: Literal["simple", "full"] | None = None,
    deferrable: bool = False,
    initially: Initially | None = None,
    not_valid: bool = False,
    period: bool = False,
    comment: str | None = None,
    renamed_from: str | None = None,
) -> ForeignKey:
    """FOREIGN KEY over several columns, next to the table; a lambda for what is defined further down.

    `foreign_key((Seat.show_id, Seat.row), (ShowRow.show_id, ShowRow.row), on_delete="cascade")`. What is referenced
    must be a primary key or unique. `deferrable` makes it checked at COMMIT (DEFERRABLE INITIALLY DEFERRED), with
    `initially="immediate"` only after SET CONSTRAINTS. `on_delete=set_null(Seat.row)` sets some of the columns alone.
    With `match="full"` all columns are NULL or none is; with `not_valid` rows that were there before are not looked at.
    With `period` the last column on both sides is a range, the key there is one `without_overlaps`, and its rows hold
    all of the range together (PostgreSQL 18). `renamed_from` is what it was called before, for `qb generate`.
    https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK

    >>> class Step(Table, name="steps"):
    ...     plan: Col[int] = column(primary_key=True)
    ...     number: Col[int] = column(primary_key=True)
    ...     after: Col[int | None] = column(default=None)
    >>> order = foreign_key((Step.plan, Step.after), (Step.plan, Step.number), on_delete=set_null(Step.after))
    >>> schema(Step, order).tables[0].foreign_keys[0].name
    'steps_plan_after_fkey'
    """
    what = "foreign_key" if name is None else f"the foreign key {identifier(name, 'a foreign key')!r}"
    only = on_delete if isinstance(on_delete, SetColumns) else None
    action = only.action if only is not None else on_delete
    check_actions(what, action, on_update)
    if match not in (None, "simple", "full"):
        raise DefinitionError(f"{what}: match is 'simple' or 'full', not {match!r}")
    own = cast("tuple[object, ...]", columns) if isinstance(columns, tuple) else (columns,)
    table, names = columns_of(own, what)
    if only is not None and (others := [each for each in only.columns if each.node.name not in names]):
        raise DefinitionError(f"{what}: {only.action}({', '.join(map(repr, others))}) is none of its columns")
    if period and (len(names) < 2 or action not in (None, "no action") or on_update not in (None, "no action")):
        raise DefinitionError(
            f"{what}: period is about the last of several columns, and PostgreSQL takes no action with it: name the "
            "others, too, and drop on_delete and on_update"
        )
    later = cast("Callable[[], object]", references if callable(references) else lambda: references)
    key = ForeignKey(
        table,
        names,
        later,
        name,
        cast("str | None", action),
        on_update,
        deferral(what, deferrable, initially),
        () if only is None else columns_of(only.columns, f"{what} (in {only.action})")[1],
        None if match == "simple" else match,
        not not_valid,
        bool(period),
        comment_text(comment, what),
        name_before(renamed_from, what),
    )
    if not callable(references):
        key.target()  # for its errors
    return key
