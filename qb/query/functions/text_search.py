"""Text search: documents as lexemes, queries, ranks and headlines; `.matches(...)` brings them together.

A configuration says what the words of a language are. It is written as PostgreSQL does, `"english"` or `"app.german"`,
and stands in the SQL as a constant of the type regconfig, so that indexes and generated columns may use it; or it
is an expression of that type. https://www.postgresql.org/docs/current/functions-textsearch.html
"""
# Overloads overlap where a value may be None: the first one that matches is the exact one.
# mypy: disable-error-code="overload-overlap"
# pyright: reportOverlappingOverload=false

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, overload

from qb.errors import QueryError
from qb.query.beside import check_text, check_wire
from qb.query.expr.expr import Expr
from qb.query.expr.lift import lift
from qb.query.expr.operands import MaybeText, SureText
from qb.query.expr.typed import is_own, is_typed
from qb.query.functions.arguments import integer
from qb.query.functions.string import lifted_text
from qb.query.symbol import remembering
from qb.tree.expressions import Bind, Call, Constant, Expression, Infix, Prefix
from qb.tree.function import Function
from qb.types import SqlType, pg

if TYPE_CHECKING:
    from qb.types.oid import RegConfig
    from qb.types.text_search import TsQuery, TsVector

    Config: TypeAlias = "str | Expr[RegConfig]"
    Query: TypeAlias = "TsQuery | Expr[TsQuery]"
    MaybeQuery: TypeAlias = "TsQuery | Expr[TsQuery] | Expr[TsQuery | None]"
    Document: TypeAlias = "TsVector | Expr[TsVector]"
    MaybeDocument: TypeAlias = "TsVector | Expr[TsVector] | Expr[TsVector | None]"

Weight: TypeAlias = Literal["A", "B", "C", "D"]

_TO_TSVECTOR: Final = Function("to_tsvector", typed="itself")
_TO_TSQUERY: Final = Function("to_tsquery", typed="itself")
_PLAINTO_TSQUERY: Final = Function("plainto_tsquery", typed="itself")
_PHRASETO_TSQUERY: Final = Function("phraseto_tsquery", typed="itself")
_WEBSEARCH_TO_TSQUERY: Final = Function("websearch_to_tsquery", typed="itself")
_TSQUERY_PHRASE: Final = Function("tsquery_phrase", typed="itself")
_SETWEIGHT: Final = Function("setweight", typed="itself")
_TS_RANK: Final = Function("ts_rank", typed="itself")
_TS_RANK_CD: Final = Function("ts_rank_cd", typed="itself")
_TS_HEADLINE: Final = Function("ts_headline", typed="itself")


@remembering
class TextSearchFunctions:
    """Text search."""

    __slots__ = ()

    @overload
    def to_tsvector(self, config: Config, text: SureText) -> Expr[TsVector]: ...
    @overload
    def to_tsvector(self, config: Config, text: MaybeText) -> Expr[TsVector | None]: ...
    def to_tsvector(self, config: Any, text: Any) -> Expr[Any]:
        """A text as its lexemes, as a configuration knows them."""
        return _made(_TO_TSVECTOR, config, text, pg.tsvector)

    @overload
    def to_tsquery(self, config: Config, text: SureText) -> Expr[TsQuery]: ...
    @overload
    def to_tsquery(self, config: Config, text: MaybeText) -> Expr[TsQuery | None]: ...
    def to_tsquery(self, config: Any, text: Any) -> Expr[Any]:
        """A query in the form `cat & !dog`. PostgreSQL fails for a text that is none: what people type is for
        `websearch_to_tsquery`."""
        return _made(_TO_TSQUERY, config, text, pg.tsquery)

    @overload
    def plainto_tsquery(self, config: Config, text: SureText) -> Expr[TsQuery]: ...
    @overload
    def plainto_tsquery(self, config: Config, text: MaybeText) -> Expr[TsQuery | None]: ...
    def plainto_tsquery(self, config: Any, text: Any) -> Expr[Any]:
        """A query for all of the words of a text."""
        return _made(_PLAINTO_TSQUERY, config, text, pg.tsquery)

    @overload
    def phraseto_tsquery(self, config: Config, text: SureText) -> Expr[TsQuery]: ...
    @overload
    def phraseto_tsquery(self, config: Config, text: MaybeText) -> Expr[TsQuery | None]: ...
    def phraseto_tsquery(self, config: Any, text: Any) -> Expr[Any]:
        """A query for the words of a text, one after the other."""
        return _made(_PHRASETO_TSQUERY, config, text, pg.tsquery)

    @overload
    def websearch_to_tsquery(self, config: Config, text: SureText) -> Expr[TsQuery]: ...
    @overload
    def websearch_to_tsquery(self, config: Config, text: MaybeText) -> Expr[TsQuery | None]: ...
    def websearch_to_tsquery(self, config: Any, text: Any) -> Expr[Any]:
        """A query as people type them, with "quotes", `or` and `-`. No text is wrong."""
        return _made(_WEBSEARCH_TO_TSQUERY, config, text, pg.tsquery)

    @overload
    def setweight(self, document: Document, weight: Weight) -> Expr[TsVector]: ...
    @overload
    def setweight(self, document: MaybeDocument, weight: Weight) -> Expr[TsVector | None]: ...
    def setweight(self, document: Any, weight: Weight) -> Expr[Any]:
        """A document whose lexemes weigh so: a title "A", its text "D"."""
        if weight not in ("A", "B", "C", "D"):
            raise QueryError(f"setweight knows the weights A, B, C and D, not {weight!r}")
        node = _argument(_SETWEIGHT.name, document, pg.tsvector)
        return Expr(Call(_SETWEIGHT, (node, Constant(weight, '"char"'))), pg.tsvector, str, _optional(document))

    @overload
    def tsvector_concat(self, one: Document, other: Document, *more: Document) -> Expr[TsVector]: ...
    @overload
    def tsvector_concat(
        self, one: MaybeDocument, other: MaybeDocument, *more: MaybeDocument
    ) -> Expr[TsVector | None]: ...
    def tsvector_concat(self, one: Any, other: Any, *more: Any) -> Expr[Any]:
        """Documents one after the other. `||`."""
        return _joined("tsvector_concat", "||", (one, other, *more), pg.tsvector)

    @overload
    def tsquery_and(self, one: Query, other: Query, *more: Query) -> Expr[TsQuery]: ...
    @overload
    def tsquery_and(self, one: MaybeQuery, other: MaybeQuery, *more: MaybeQuery) -> Expr[TsQuery | None]: ...
    def tsquery_and(self, one: Any, other: Any, *more: Any) -> Expr[Any]:
        """A query for what all of them look for. `&&`."""
        return _joined("tsquery_and", "&&", (one, other, *more), pg.tsquery)

    @overload
    def tsquery_or(self, one: Query, other: Query, *more: Query) -> Expr[TsQuery]: ...
    @overload
    def tsquery_or(self, one: MaybeQuery, other: MaybeQuery, *more: MaybeQuery) -> Expr[TsQuery | None]: ...
    def tsquery_or(self, one: Any, other: Any, *more: Any) -> Expr[Any]:
        """A query for what any of them looks for. `||`."""
        return _joined("tsquery_or", "||", (one, other, *more), pg.tsquery)

    @overload
    def tsquery_not(self, query: Query) -> Expr[TsQuery]: ...
    @overload
    def tsquery_not(self, query: MaybeQuery) -> Expr[TsQuery | None]: ...
    def tsquery_not(self, query: Any) -> Expr[Any]:
        """A query for what this one does not find. `!!`."""
        return Expr(Prefix("!!", _argument("tsquery_not", query, pg.tsquery)), pg.tsquery, str, _optional(query))

    @overload
    def tsquery_phrase(self, one: Query, other: Query, distance: int = 1) -> Expr[TsQuery]: ...
    @overload
    def tsquery_phrase(self, one: MaybeQuery, other: MaybeQuery, distance: int = 1) -> Expr[TsQuery | None]: ...
    def tsquery_phrase(self, one: Any, other: Any, distance: int = 1) -> Expr[Any]:
        """A query for the one, and the other `distance` words after it."""
        sides = (_argument(_TSQUERY_PHRASE.name, each, pg.tsquery) for each in (one, other))
        return Expr(Call(_TSQUERY_PHRASE, (*sides, integer(distance))), pg.tsquery, str, _optional(one, other))

    @overload
    def ts_rank(
        self, document: Document, query: Query, normalization: int = 0, *, weights: Sequence[float] | None = None
    ) -> Expr[float]: ...
    @overload
    def ts_rank(
        self,
        document: MaybeDocument,
        query: MaybeQuery,
        normalization: int = 0,
        *,
        weights: Sequence[float] | None = None,
    ) -> Expr[float | None]: ...
    def ts_rank(
        self, document: Any, query: Any, normalization: int = 0, *, weights: Sequence[float] | None = None
    ) -> Expr[Any]:
        """How well a document answers a query, by how often it has its words. `weights` are those of D, C, B and A;
        the bits of `normalization` say what the length of the document does.

        https://www.postgresql.org/docs/current/textsearch-controls.html#TEXTSEARCH-RANKING
        """
        return _rank(_TS_RANK, document, query, normalization, weights)

    @overload
    def ts_rank_cd(
        self, document: Document, query: Query, normalization: int = 0, *, weights: Sequence[float] | None = None
    ) -> Expr[float]: ...
    @overload
    def ts_rank_cd(
        self,
        document: MaybeDocument,
        query: MaybeQuery,
        normalization: int = 0,
        *,
        weights: Sequence[float] | None = None,
    ) -> Expr[float | None]: ...
    def ts_rank_cd(
        self, document: Any, query: Any, normalization: int = 0, *, weights: Sequence[float] | None = None
    ) -> Expr[Any]:
        """The same by how close to each other the words are."""
        return _rank(_TS_RANK_CD, document, query, normalization, weights)

    @overload
    def ts_headline(self, config: Config, text: SureText, query: Query, options: str = "") -> Expr[str]: ...
    @overload
    def ts_headline(
        self, config: Config, text: MaybeText, query: MaybeQuery, options: str = ""
    ) -> Expr[str | None]: ...
    def ts_headline(self, config: Any, text: Any, query: Any, options: str = "") -> Expr[Any]:
        """A piece of a text with what was found in it marked: `options` such as "MaxWords=20, StartSel=<em>". It may
        hold whatever HTML the text holds.

        https://www.postgresql.org/docs/current/textsearch-controls.html#TEXTSEARCH-HEADLINE
        """
        found = _made(_TS_HEADLINE, config, text, pg.text)
        call = found.node
        assert isinstance(call, Call)
        arguments = (*call.arguments, _argument(_TS_HEADLINE.name, query, pg.tsquery))
        if options:
            arguments = (*arguments, lift(options, pg.text))
        return Expr(Call(_TS_HEADLINE, arguments), pg.text, str, found.optional or _optional(query))


def _made(function: Function, config: Any, text: Any, type_: SqlType[Any]) -> Expr[Any]:
    text = lifted_text(function.name, text)
    if is_own(text):
        check_text(function.name, text.type)
    arguments = (_configuration(function, config), lift(text, pg.text))
    return Expr(Call(function, arguments), type_, str, text.optional)


def _configuration(function: Function, config: Any) -> Expression:
    if is_typed(config):
        if is_own(config):
            fits = config.type.wire is pg.regconfig.wire
            check_wire(f"{function.name}(configuration, ...)", config.type, fits, "cast it to pg.regconfig")
        return lift(config, pg.regconfig)
    if not isinstance(config, str) or not config or "\0" in config:
        raise QueryError(f'{function.name} begins with a configuration such as "english" or "simple", not {config!r}')
    return Constant(config, pg.regconfig.base)


def _argument(name: str, value: Any, due: SqlType[Any]) -> Expression:
    if is_own(value):
        check_wire(f"{name} of a {due.name}", value.type, value.type.wire is due.wire, f"cast it to pg.{due.name}")
    return lift(value, due)


def _joined(name: str, operator: str, values: tuple[Any, ...], due: SqlType[Any]) -> Expr[Any]:
    nodes = [_argument(name, each, due) for each in values]
    joined = nodes[0]
    for each in nodes[1:]:
        joined = Infix(operator, joined, each)
    return Expr(joined, due, str, _optional(*values))


def _rank(
    function: Function, document: Any, query: Any, normalization: int, weights: Sequence[float] | None
) -> Expr[Any]:
    nodes = (_argument(function.name, document, pg.tsvector), _argument(function.name, query, pg.tsquery))
    given: tuple[Expression, ...] = ()
    if weights is not None:
        if len(weights) != 4:
            raise QueryError(f"{function.name} takes four weights, those of D, C, B and A, not {len(weights)}")
        given = (Bind(list(weights), pg.array(pg.real)),)
    more = (integer(normalization),) if normalization else ()
    return Expr(Call(function, (*given, *nodes, *more)), pg.real, float, _optional(document, query))


def _optional(*values: object) -> bool:
    return any(is_typed(each) and each.optional for each in values)
