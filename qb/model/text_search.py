"""Text search configurations: how texts become the words that are looked for.

https://www.postgresql.org/docs/current/textsearch-configuration.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from qb.errors import DefinitionError
from qb.model.object import Standalone
from qb.types.identifier import comment_text, identifier


class TextSearchConfiguration(Standalone, frozen=True):
    """A parser, and the dictionaries for each kind of word that it finds."""

    kind: ClassVar[str] = "text search configuration"
    alters: ClassVar[frozenset[str]] = frozenset(("mappings",))
    copy: str = ""
    """The one that it begins as a copy of."""
    parser: str = ""
    mappings: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def check_alter(self, after: TextSearchConfiguration) -> None:
        """What a kind of word was to the one that it is a copy of, nobody says."""
        gone = [kind for kind, _ in self.mappings if kind not in dict(after.mappings)]
        if gone and self.copy:
            raise DefinitionError(
                f"{self.identity} cannot go back to what {self.copy!r} makes of {gone[0]!r}: say its dictionaries, or "
                "drop it and create it anew"
            )


def text_search_configuration(
    name: str,
    *,
    schema: str | None = None,
    copy: str | None = None,
    parser: str | None = None,
    mappings: Mapping[str, Sequence[str]] | None = None,
    external: bool = False,
    comment: str | None = None,
) -> TextSearchConfiguration:
    """A text search configuration: `names = text_search_configuration("names", copy="english", mappings={...})`.

    It begins as a `copy` of another one, such as "english", or empty with a `parser`, which is "default". `mappings`
    say which dictionaries a kind of word goes through, in order. `schema(...)` creates it before the tables. One that
    is `external` is somebody else's. Errors: DefinitionError.
    https://www.postgresql.org/docs/current/sql-createtsconfig.html

    >>> names = text_search_configuration("names", copy="english", mappings={"asciiword": ["simple"]})
    >>> print(create_all(schema(names)))
    CREATE TEXT SEARCH CONFIGURATION "names" (COPY = "english");
    ALTER TEXT SEARCH CONFIGURATION "names" ALTER MAPPING FOR "asciiword" WITH "simple";
    """
    what = f"the text search configuration {identifier(name, 'a text search configuration')!r}"
    if schema is not None:
        identifier(schema, f"the schema of {what}")
    if (copy is None) == (parser is None) and not (external and copy is None):
        raise DefinitionError(
            f'{what} is a copy of another one, or has a parser: say copy="simple" or parser="default"'
        )
    for each in (copy, parser):
        if each is not None:
            identifier(each, f"what {what} is made of")
    found: list[tuple[str, tuple[str, ...]]] = []
    for kind, dictionaries in (mappings or {}).items():
        identifier(kind, f"a kind of word of {what}")
        if isinstance(dictionaries, str):
            raise DefinitionError(f"{what}: {kind!r} goes through a list of dictionaries: write [{dictionaries!r}]")
        if not dictionaries:
            raise DefinitionError(f"{what}: {kind!r} goes through no dictionary: name one, or leave it out")
        found.append((kind, tuple(identifier(each, f"a dictionary of {what}") for each in dictionaries)))
    return TextSearchConfiguration(
        schema,
        name,
        copy or "",
        parser or "",
        tuple(sorted(found)),
        external=bool(external),
        comment=comment_text(comment, what),
    )
