"""Documents of the public site: posts, landing pages, and homepages that visitors have generated."""

import datetime as dt
from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct

Name = Annotated[str, Meta(min_length=1, max_length=200)]
Moment = Annotated[dt.datetime, Meta(tz=True)]


class Seo(Struct, frozen=True, gc=False, omit_defaults=True):
    """What search engines are told."""

    title: Annotated[str, Meta(max_length=70)] | None = None
    description: Annotated[str, Meta(max_length=200)] | None = None
    image_url: str | None = None
    no_index: bool = False


class Link(Struct, frozen=True, gc=False):
    """A button, or a line that leads somewhere."""

    label: Name
    href: Name


class Hero(Struct, frozen=True, gc=False, tag_field="block", tag="hero"):
    """What is at the top."""

    headline: Name
    subline: str = ""
    link: Link | None = None


class Benefit(Struct, frozen=True, gc=False):
    """One reason."""

    title: Name
    text: str
    icon: str = "check"


class Benefits(Struct, frozen=True, gc=False, tag_field="block", tag="benefits"):
    """Reasons, beside each other."""

    items: list[Benefit]


class Quote(Struct, frozen=True, gc=False, tag_field="block", tag="quote"):
    """What a customer says."""

    text: Name
    by: Name
    company: str | None = None


class Prose(Struct, frozen=True, gc=False, tag_field="block", tag="prose"):
    """A text in Markdown."""

    markdown: str


class CallToAction(Struct, frozen=True, gc=False, tag_field="block", tag="call_to_action"):
    """What is at the end."""

    headline: Name
    link: Link


Block: TypeAlias = Hero | Benefits | Quote | Prose | CallToAction
"""A tagged union: the field `block` of the document says which."""


class GeneratedHomepage(Struct, frozen=True, gc=False):
    """A page that was made for a visitor."""

    title: Name
    blocks: list[Block]
    entity_types: list[str] = []


class GenerationPrompt(Struct, frozen=True, gc=False):
    """What a visitor asked for."""

    text: Annotated[str, Meta(min_length=1, max_length=2000)]
    company: str | None = None
    tone: Literal["plain", "warm", "bold"] = "plain"


class Viewer(Struct, frozen=True, gc=False, omit_defaults=True):
    """What a browser says of whoever looks at a shared page; no address, no name."""

    referrer: str | None = None
    browser: str | None = None
    country: Annotated[str, Meta(min_length=2, max_length=2)] | None = None
    mobile: bool = False
