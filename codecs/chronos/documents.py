"""The JSON documents, as Structs: what is stored is what is declared here, and older shapes are read as today's.

None of them can hold a cycle, so the garbage collector need not track them (`gc=False`).
"""

from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct

from chronos.ids import CompanyId

Name = Annotated[str, Meta(min_length=1, max_length=200)]
Address = Annotated[str, Meta(pattern=r"^(https?://|/)")]
Count = Annotated[int, Meta(ge=0)]
Cents = Annotated[int, Meta(ge=0)]
Share = Annotated[float, Meta(gt=0, le=1)]

# ---------------------------------------------------------------------------------------------------------- content


class Seo(Struct, frozen=True, gc=False, omit_defaults=True, forbid_unknown_fields=True):
    """What search engines are told of a page, where it is not what stands on it.

    It knows no other fields: as each has a default, it would take a document of the older shape for an empty one.
    """

    title: str = ""
    description: str = ""
    keywords: list[str] = []
    canonical: Address | None = None
    indexed: bool = True


class SeoV1(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """The first shape: keywords in one text, as editors typed them."""

    meta_title: str
    meta_description: str = ""
    meta_keywords: str = ""
    no_index: bool = False


def seo_of_v1(old: SeoV1) -> Seo:
    """The same as it is said today."""
    keywords = [word.strip() for word in old.meta_keywords.split(",") if word.strip()]
    return Seo(old.meta_title, old.meta_description, keywords, indexed=not old.no_index)


class Button(Struct, frozen=True, gc=False):
    """A link of the homepage that looks like a button."""

    label: Name
    address: Address
    style: Literal["primary", "secondary", "text"] = "primary"


class Icon(Struct, frozen=True, gc=False, tag_field="kind", tag="icon"):
    """A picture of the icon font."""

    name: Name


class Video(Struct, frozen=True, gc=False, tag_field="kind", tag="video"):
    """A film that shows a feature."""

    address: Address
    seconds: Count = 0


Media: TypeAlias = Icon | Video
"""A tagged union: the field `kind` of the document says which."""


class Audience(Struct, frozen=True, gc=False, omit_defaults=True):
    """Who sees an announcement: everybody, where nothing is said."""

    paths: list[str] = []
    companies: list[CompanyId] = []
    signed_in: bool | None = None


# ------------------------------------------------------------------------------------------------------ application


class Preferences(Struct, frozen=True, gc=False):
    """What a user chose. Every field has a default, so a document written before a field existed can be read."""

    theme: Literal["light", "dark", "system"] = "system"
    digest: Literal["never", "daily", "weekly"] = "weekly"
    watched: list[CompanyId] = []


class Focus(Struct, frozen=True, gc=False):
    """What an investor looks for."""

    sectors: list[Name] = []
    countries: list[Annotated[str, Meta(pattern=r"^[A-Z]{2}$")]] = []
    least: Cents = 0
    most: Cents | None = None


class Equity(Struct, frozen=True, gc=False, tag_field="kind", tag="equity"):
    """Shares are sold."""

    valuation: Cents
    share: Share
    board_seats: Count = 0


class Debt(Struct, frozen=True, gc=False, tag_field="kind", tag="debt"):
    """Money is lent."""

    rate: Annotated[float, Meta(ge=0)]
    months: Annotated[int, Meta(ge=1)]


class Convertible(Struct, frozen=True, gc=False, tag_field="kind", tag="convertible"):
    """Money becomes shares later, at no more than the cap."""

    cap: Cents | None = None
    discount: Annotated[float, Meta(ge=0, lt=1)] = 0.0


Terms: TypeAlias = Equity | Debt | Convertible
"""A tagged union: the field `kind` of the document says which."""

# -------------------------------------------------------------------------------------------------------- analytics


class Device(Struct, frozen=True, gc=False, omit_defaults=True, forbid_unknown_fields=True):
    """What a session was seen with. It knows no other fields, as `Seo`."""

    browser: str = ""
    system: str = ""
    width: Count = 0
    height: Count = 0


class DeviceV1(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """The first shape: the browser's own words, and the window as a text."""

    user_agent: str
    window: Annotated[str, Meta(pattern=r"^\d{1,9}x\d{1,9}$")] = "0x0"


def device_of_v1(old: DeviceV1) -> Device:
    """The same as it is said today."""
    width, _, height = old.window.partition("x")
    return Device(browser=old.user_agent, width=int(width), height=int(height))


class Clicked(Struct, frozen=True, gc=False, tag_field="kind", tag="click"):
    """Something was clicked."""

    target: Name
    x: int = 0
    y: int = 0


class Searched(Struct, frozen=True, gc=False, tag_field="kind", tag="search"):
    """Somebody looked for something."""

    text: str
    found: Count


class Opened(Struct, frozen=True, gc=False, tag_field="kind", tag="company"):
    """The page of a company was opened."""

    company: CompanyId


class Noted(Struct, frozen=True, gc=False, tag_field="kind", tag="other"):
    """What has no shape of its own yet."""

    values: dict[str, str] = {}


Properties: TypeAlias = Clicked | Searched | Opened | Noted
"""A tagged union: the field `kind` of the document says which."""

# --------------------------------------------------------------------------------------------------- what is told


class Published(Struct, frozen=True, gc=False):
    """That content was published: what the trigger tells, so that the site shows it."""

    collection: Literal["cms_blog_posts", "cms_docs_pages"]
    slug: str
