"""The JSON documents, as Structs. They say where something came from and how it is shown; what it costs is in columns.

`extra` is for integrations. A guard keeps money out of it, under whatever name: see `pivotal.guards`.
"""

from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct

Name = Annotated[str, Meta(min_length=1, max_length=200)]


class Metadata(Struct, frozen=True, gc=False, omit_defaults=True):
    """What any row may say of itself."""

    source: str = ""
    reference: str = ""
    tags: list[Name] = []
    extra: dict[str, object] = {}


_Size: TypeAlias = Literal["1-9", "10-99", "100-999", "1000+"]
_SIZES: tuple[tuple[int, _Size], ...] = ((1000, "1000+"), (100, "100-999"), (10, "10-99"), (1, "1-9"))


class CustomerMetadata(Struct, frozen=True, gc=False, omit_defaults=True, forbid_unknown_fields=True):
    """What is known of a customer. All of it may be missing: so it takes no other fields, or the first version's
    documents would be read as empty ones of today's."""

    industry: str = ""
    employees: _Size | None = None
    website: Annotated[str, Meta(pattern=r"^https?://")] | None = None
    extra: dict[str, object] = {}


class CustomerMetadataV1(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """The same as it was at first: a number of employees, and the website without its https://."""

    sector: str
    headcount: int
    site: str = ""


def upgraded(old: CustomerMetadataV1) -> CustomerMetadata:
    """Today's of the first version's."""
    size: _Size | None = next((name for least, name in _SIZES if old.headcount >= least), None)
    return CustomerMetadata(old.sector, size, f"https://{old.site}" if old.site else None)


class Address(Struct, frozen=True, gc=False, omit_defaults=True):
    """Where letters go."""

    street: Name
    city: Name
    country: Annotated[str, Meta(min_length=2, max_length=2)]
    code: str = ""


class QuoteMetadata(Struct, frozen=True, gc=False, omit_defaults=True):
    """How a quote is printed, and where it came from."""

    source: str = ""
    template: Literal["plain", "detailed"] = "plain"
    language: Literal["en", "de", "mi"] = "en"
    tags: list[Name] = []
    extra: dict[str, object] = {}


class SettingValue(Struct, frozen=True, gc=False):
    """A setting of an organization's: a switch, a text, or some of them."""

    value: bool | str | list[str]
