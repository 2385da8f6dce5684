"""The JSON documents, as Structs."""

from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct

Url = Annotated[str, Meta(pattern=r"^https://", max_length=2_000)]
Count = Annotated[int, Meta(ge=0, le=2**53)]
Trait = Annotated[str, Meta(min_length=1, max_length=80)]

# ---------------------------------------------------------------------------------------------------------- sign-up


class SignUp(Struct, frozen=True, gc=False, omit_defaults=True):
    """What Supabase keeps of a sign-up, as far as the chat reads it: both may be missing, and more may be there."""

    display_name: str | None = None
    account_name: str | None = None


class Preferences(Struct, frozen=True, gc=False, omit_defaults=True):
    """What a user chose."""

    language: Literal["ja", "en"] = "ja"
    theme: Literal["light", "dark", "system"] = "system"
    muted_words: list[str] = []


# --------------------------------------------------------------------------------------------------------- messages


class Image(Struct, frozen=True, gc=False, tag_field="kind", tag="image"):
    """A picture; `alt` is for those who do not see it."""

    url: Url
    width: Count
    height: Count
    alt: str = ""


class File(Struct, frozen=True, gc=False, tag_field="kind", tag="file"):
    """Any other file."""

    url: Url
    name: Trait
    bytes: Count


Attachment: TypeAlias = Image | File
"""A tagged union: the field `kind` of the document says which."""

# ----------------------------------------------------------------------------------------------------- virtual users


class Persona(Struct, frozen=True, gc=False):
    """How a virtual user talks."""

    instructions: str
    traits: list[Trait] = []
    temperature: Annotated[float, Meta(ge=0, le=2)] = 1.0


class PersonaV1(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """The same as it was at first: traits in one text, with commas between."""

    prompt: str
    traits: str = ""


def upgraded(old: PersonaV1) -> Persona:
    """Today's persona of the first version's."""
    return Persona(old.prompt, [each.strip()[:80] for each in old.traits.split(",") if each.strip()])
