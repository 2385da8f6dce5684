"""From what `column(...)` was given to what the column is, and the mistakes that show only then."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from typing import Any, NamedTuple, cast

from qb.declare.checked import allowed_labels, membership
from qb.declare.description import ColumnInfo, ReferenceInfo, TableInfo
from qb.declare.marks import ColumnMark
from qb.declare.owner import immutable_expression, plain_expression
from qb.declare.spec import ColumnOptions, IdentitySpec, SerialSpec, Spec
from qb.errors import DefinitionError, QueryError
from qb.model.counting import Counting, counting
from qb.model.domain import domain_of
from qb.model.sequence import Sequence, next_number, owned, serial_of
from qb.query.assignable import check_becomes
from qb.query.expr.column import Column
from qb.query.expr.computed import Called
from qb.query.expr.expr import Expr, is_expr
from qb.query.expr.typed import expression_in
from qb.query.symbol import Origin, final
from qb.tree.expressions import Bind, ColumnNode, Expression
from qb.tree.relations import Relation, TableSource
from qb.tree.relations import label as title_of
from qb.tree.statements import is_query
from qb.tree.visit import within
from qb.types.admitted import check_admitted
from qb.types.document import Document
from qb.types.identifier import comment_text, writable
from qb.types.narrowed import narrowed


class Own(NamedTuple):
    """The columns of a class by what stood for them in its body."""

    columns: dict[Origin, Expr[Any]]

    @staticmethod
    def of(columns: Mapping[str, Column[Any]], declared: Iterable[Mapping[str, Spec]]) -> Own:
        """Of the class's columns, and of what they were declared with in its body and in those that it extends."""
        found = [(spec.origin, name) for specs in declared for name, spec in specs.items() if name in columns]
        return Own({origin: columns[name] for origin, name in found})

    def moved(self, expression: Expr[Any]) -> Expression:
        """An expression of the class body, with the table's columns and their types."""
        made: Expr[Any] = final(expression, self.columns)
        return made.node

    def value(self, given: object, column: Column[Any], clause: str) -> Expression:
        """The node of a column's value: an expression, or a plain value. DefinitionError for one of another type."""
        if not is_expr(given):
            return Bind(given, column.type, column.label)
        made: Expr[Any] = final(given, self.columns)
        try:
            check_becomes(f"{column.label}: its {clause}", made, column)
        except QueryError as error:
            raise DefinitionError(str(error)) from None
        # The checkers cannot tell: a default of UUID is one of each brand of it, and so is one that may be NULL.
        if type(made) is Called and made.optional and not column.optional:
            raise DefinitionError(
                f"{column.label}: its {clause} may give NULL, which the column does not hold: take None out of the "
                "function's returns=, or write Col[... | None]"
            )
        return made.node


def plain_info(column: Column[Any]) -> ColumnInfo:
    """The description of a column that is declared by its annotation alone."""
    return ColumnInfo(column.attribute, column.node.name, column.type, column.python, column.optional)


def column_info(column: Column[Any], options: ColumnOptions, own: Own, mark: ColumnMark | None) -> ColumnInfo:
    """The description of a column."""
    identity, counted = "", None
    if isinstance(options.default, IdentitySpec):
        identity, counted = "by default", _counting(options.default, column)
    elif isinstance(options.generated, IdentitySpec):
        identity, counted = "always", _counting(options.generated, column)
    if isinstance(options.generated, SerialSpec):
        raise DefinitionError(f"{column.label}: a serial may be overridden by a value: write default=serial()")
    serial = _serial(options.default, column) if isinstance(options.default, SerialSpec) else None
    default: object = options.default if serial is None else next_number(serial.schema, serial.name)
    check: object = options.check
    if callable(check):
        check = cast("Callable[[Column[Any]], object]", check)(column)
    for clause, given in (("check", check), ("generated", None if identity else options.generated)):
        if given is not None and not is_expr(given):
            raise DefinitionError(f"{column.label}: {clause} takes an expression of the row's columns, not {given!r}")
    if is_expr(options.on_update):  # judged with the class, and not when it is first updated
        own.value(options.on_update, column, "on_update")
    reference = options.references
    return ColumnInfo(
        attribute=column.attribute,
        name=column.node.name,
        type=column.type,
        python=column.python,
        optional=column.optional,
        default=own.value(default, column, "default") if options.has_default and not identity else None,
        identity=identity,
        generated=own.moved(options.generated) if is_expr(options.generated) else None,
        stored=options.stored is not False,
        primary_key=bool(options.primary_key),
        unique=bool(options.unique),
        index=bool(options.index),
        check=own.moved(check) if is_expr(check) else None,
        references=None
        if reference is None
        else ReferenceInfo(reference.target, reference.on_delete, reference.on_update, reference.deferrable),
        comment=_comment(column, options, mark) or None,
        checked=options.checked,
        counting=counted,
        serial=serial,
        guard=options.guard,
        storage=options.storage,
        compression=options.compression,
        statistics=options.statistics,
        hidden=mark is ColumnMark.HIDDEN,
        deprecated=options.deprecated,
        renamed_from=options.renamed_from,
    )


def _comment(column: Column[Any], options: ColumnOptions, mark: ColumnMark | None) -> str | None:
    """The comment, with what is to be used instead. DefinitionError where the annotation and the option disagree."""
    said = options.deprecated
    if said is None and mark is ColumnMark.DEPRECATED:
        raise DefinitionError(
            f'{column.label} is Deprecated and does not say for what: write column(deprecated="use ...")'
        )
    if said is None:
        return options.comment
    if not said or mark is None:
        fix = "say what to use instead" if mark else f"write {column.attribute}: Deprecated[...], which checkers mark"
        raise DefinitionError(f"{column.label}: deprecated={said!r}: {fix}")
    return f"{options.comment}. Deprecated: {said}" if options.comment else f"Deprecated: {said}"


def _counting(identity: IdentitySpec, column: Column[Any]) -> Counting | None:
    """How it counts; None where its type has no numbers, which is told with the rest of the table."""
    if not column.type.wire.is_integer:
        return None
    said = identity.start, identity.increment, identity.min, identity.max, identity.cache, identity.cycle
    return counting(f"{column.label}: identity()", column.type, *said)


def _serial(serial: SerialSpec, column: Column[Any]) -> Sequence:
    """The sequence of a serial. DefinitionError where the column cannot hold its numbers."""
    if not column.type.wire.is_integer:
        raise DefinitionError(f"{column.label}: serial() needs smallint, integer or bigint, not {column.type.name}")
    if column.optional:
        raise DefinitionError(f"{column.label}: serial() is never NULL: take None out of its annotation")
    relation = column.node.relation
    table = relation if isinstance(relation, TableSource) else TableSource(None, title_of(relation))
    if serial.sequence is None:
        return serial_of(table, column.node.name, column.type)
    return owned(serial.sequence, table, column.node.name)


def check_description(info: TableInfo, relation: Relation, said: Container[str]) -> None:
    """DefinitionError for a column that PostgreSQL would refuse, or that contradicts itself. Those that are not among
    what is `said` are declared by their annotations alone, which have been read."""
    generated = frozenset(each.name for each in info.columns if each.generated is not None)
    title = info.title
    for each in info.columns:
        python = each.python
        if each.attribute not in said:
            if type(python) is not type:
                _check_labels(f"{title}.{each.name}", each)
            continue
        where = f"{title}.{each.name}"
        if each.primary_key and each.optional:
            raise DefinitionError(f"{where}: a primary key is never NULL: take None out of its annotation")
        if each.identity and not each.type.wire.is_integer:
            raise DefinitionError(f"{where}: identity() needs smallint, integer or bigint, not {each.type.name}")
        if each.identity and each.optional:
            raise DefinitionError(f"{where}: identity() is never NULL: take None out of its annotation")
        if each.optional and (domain := domain_of(each.type)) is not None and domain.not_null:
            raise DefinitionError(
                f"{where}: the {domain.identity} is never NULL: take None out of its annotation, or not_null out of it"
            )
        if each.primary_key and each.hidden:
            raise DefinitionError(f"{where}: a primary key is part of every row: write Col[...] and not Hidden[...]")
        if each.comment is not None:
            comment_text(each.comment, where)  # for its errors
        if isinstance(each.default, Bind):
            _check_value(where, each.default, each)
        elif each.default is not None and _uses_columns(each.default):
            raise DefinitionError(
                f"{where}: a default cannot use columns: write generated=..., or give the value when you insert"
            )
        for clause, node in (("check", each.check), ("generated", each.generated), ("default", each.default)):
            if node is None:
                continue
            plain_expression(node, f"{where}: {clause}")
            for used in within(node):
                if isinstance(used, ColumnNode) and used.relation != relation:
                    raise DefinitionError(f"{where}: {clause} uses a column of another table, which PostgreSQL forbids")
        _check_generated(where, each, generated)
        if each.compression is not None and each.type.wire.bits:
            raise DefinitionError(f"{where}: compression is for long values, and {each.type.name} has none: drop it")
        if each.checked and membership(ColumnNode(relation, each.name, each.optional), each) is None:
            raise DefinitionError(f"{where}: checked is about Literal and Enum columns that PostgreSQL does not check")
        if type(python) is not type:
            _check_labels(where, each)


def _check_labels(where: str, column: ColumnInfo) -> None:
    for label in allowed_labels(column.python) or ():
        if (reason := column.type.cannot_hold(label)) is not None:
            raise DefinitionError(f"{where}: {label!r} does not fit {column.type.name}: {reason}")


def _uses_columns(default: Expression) -> bool:
    met = list(within(default))
    return any(isinstance(each, ColumnNode) for each in met) and not any(map(is_query, met))


def _check_generated(where: str, column: ColumnInfo, generated: frozenset[str]) -> None:
    if column.generated is None:
        return
    for used in within(column.generated):
        if isinstance(used, ColumnNode) and used.name in generated:
            raise DefinitionError(
                f"{where}: generated uses {used.name}, which is generated, too: repeat its expression"
            )
    if not column.stored and (column.primary_key or column.unique or column.index):
        raise DefinitionError(f"{where}: a column that is computed when read has no index: drop stored=False")
    immutable_expression(column.generated, f"{where}: generated")


def _check_value(where: str, default: Bind, column: ColumnInfo) -> None:
    if default.value is None:
        if not column.optional:
            raise DefinitionError(
                f"{where}: its default is None and its annotation does not admit it: write Col[... | None]"
            )
        return
    if (found := expression_in(default.value)) is not None:
        what = "a column of its class" if isinstance(found, Spec) else "an expression"
        raise DefinitionError(
            f"{where}: its default holds {what}, within a {type(default.value).__name__} that is a value: give plain "
            "values, or one expression alone; in the body of a class a name is that of a column above it, where there "
            "is one"
        )
    try:
        check_admitted(default.value, column.python)
        stored = narrowed(column.type, column.python)
        if column.guard is not None:
            stored = Document(column.type, column.python, column.guard)
        encode = stored.once if isinstance(stored, Document) else stored.encode
        if encode is not None:
            encode(default.value)
        text = column.type.literal(default.value)
        reason = column.type.cannot_hold(default.value)
    except (TypeError, ValueError) as error:  # msgspec.ValidationError is one
        raise DefinitionError(f"{where}: its default does not fit {column.type.name}: {error}") from None
    if not writable(text):
        reason = "it holds half of a surrogate pair, which no encoding can write"
    if reason is not None:
        raise DefinitionError(f"{where}: its default does not fit {column.type.name}: {reason}")
