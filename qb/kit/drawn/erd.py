"""`erd`: a diagram of a catalog's tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal, TypeAlias

from qb.errors import DefinitionError
from qb.kit.catalog import Catalog
from qb.kit.drawn.dot import dot
from qb.kit.drawn.mermaid import mermaid
from qb.kit.drawn.picture import Picture, ShownColumns, picture
from qb.kit.drawn.svg import svg
from qb.model.filter import Filter

DiagramFormat: TypeAlias = Literal["mermaid", "dot", "svg"]
"""What a diagram is written as."""
_FORMATS: Final[dict[str, Callable[[Picture], str]]] = {"mermaid": mermaid, "dot": dot, "svg": svg}


def erd(
    catalog: Catalog,
    format: DiagramFormat = "mermaid",
    *,
    of: Filter = Filter(),
    columns: ShownColumns | None = None,
) -> str:
    """A diagram of tables and of what refers to what, as the text of a file: "mermaid", "dot" or "svg".

    Tables are grouped by their schemas. `of=matching(...)` says by names which are drawn, `columns` which of their
    columns: "all", "keys" (and foreign keys), or "none"; without it all of 30 tables or fewer, keys of more. Partitions
    are not drawn. The same catalog gives the same text. Errors: DefinitionError for another format.

    >>> from qb.kit import canonical, erd
    >>> print(erd(canonical(schema(User, Task)).unwrap(), columns="keys"))
    erDiagram
        direction LR
        %% public
        t1["public.tasks"] {
            bigint id PK
            bigint user_id FK
        }
        t2["public.users"] {
            bigint id PK
        }
        t1 }o--|| t2 : "user_id"
        ...
    """
    if format not in _FORMATS:
        raise DefinitionError(f"erd: there is no format {format!r}: {', '.join(_FORMATS)}")
    return _FORMATS[format](picture(catalog, of, columns))
