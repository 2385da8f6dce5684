"""Collations of one's own: how texts are compared and ordered.

https://www.postgresql.org/docs/current/sql-createcollation.html
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal, TypeAlias, get_args

from qb.errors import DefinitionError
from qb.model.object import Standalone
from qb.types.identifier import comment_text, identifier, writable

Provider: TypeAlias = Literal["icu", "libc", "builtin"]
"""Who compares."""


class Collation(Standalone, frozen=True):
    """A collation, for `pg.text.collate(german)` and `User.name.collate(german)`."""

    kind: ClassVar[str] = "collation"
    provider: str = ""
    locale: str = ""
    lc_collate: str = ""
    lc_ctype: str = ""
    deterministic: bool = True
    rules: str = ""
    copy: str = ""
    """The one that it is a copy of."""

    @property
    def is_collation(self) -> Literal[True]:
        """What tells it from everything else that has a name."""
        return True


def collation(
    name: str,
    *,
    schema: str | None = None,
    provider: Provider | None = None,
    locale: str | None = None,
    lc_collate: str | None = None,
    lc_ctype: str | None = None,
    deterministic: bool = True,
    rules: str | None = None,
    copy: str | None = None,
    external: bool = False,
    comment: str | None = None,
) -> Collation:
    """A collation: `german = collation("german", provider="icu", locale="de-u-ks-level2", deterministic=False)`.

    It is made of a `locale`, of `lc_collate` and `lc_ctype`, or as a `copy` of another one. One of icu that is not
    `deterministic` takes texts for equal that are not the same bytes (case, accents); `rules` are its own.
    `schema(...)` creates it before the tables whose columns have it. One that is `external` is somebody else's.
    Errors: DefinitionError. https://www.postgresql.org/docs/current/collation.html#COLLATION-MANAGING

    >>> plain = collation("plain", provider="builtin", locale="C.UTF-8")
    >>> class City(Table, name="cities"):
    ...     name: Col[str] = column(pg.text.collate(plain))
    >>> print(create_all(schema(City)))
    CREATE COLLATION "plain" (provider = builtin, locale = 'C.UTF-8');
    CREATE TABLE "cities" (
      "name" text COLLATE "plain" NOT NULL
    );
    """
    what = f"the collation {identifier(name, 'a collation')!r}"
    if schema is not None:
        identifier(schema, f"the schema of {what}")
    if provider not in (None, *get_args(Provider)):
        raise DefinitionError(f"{what}: provider is icu, libc or builtin, not {provider!r}")
    said = {"locale": locale, "lc_collate": lc_collate, "lc_ctype": lc_ctype, "rules": rules}
    for clause, text in said.items():
        given: Any = text
        if given is not None and not (isinstance(given, str) and given and "\0" not in given and writable(given)):
            raise DefinitionError(f"{what}: {clause} is a text such as 'de-x-icu', not {given!r}")
    if copy is not None:
        identifier(copy, f"what {what} is a copy of")
    ways = (locale is not None) + (lc_collate is not None or lc_ctype is not None) + (copy is not None)
    if ways != 1 and not (external and not ways):
        raise DefinitionError(f"{what} is made of a locale, of lc_collate and lc_ctype, or as a copy: say one of these")
    if (lc_collate is None) != (lc_ctype is None):
        raise DefinitionError(f"{what}: lc_collate and lc_ctype come together: say both, or locale")
    if (not deterministic or rules is not None) and provider != "icu":
        raise DefinitionError(f"{what}: deterministic=False and rules= are icu's alone: say provider='icu'")
    return Collation(
        schema,
        name,
        provider or "",
        locale or "",
        lc_collate or "",
        lc_ctype or "",
        bool(deterministic),
        rules or "",
        copy or "",
        external=bool(external),
        comment=comment_text(comment, what),
    )
