"""What Directus may do: read and write content, and make tables of its own. Structure is ours.

It owns `directus_*`, which it creates when it first starts; it owns no table of ours, and so can neither alter nor drop
one.
"""

from typing import Final, Literal

from qb import grant, role
from tables.chronos.cms import Announcement, BlogPost, DocsPage, Feature, HomepageHero, LegalPage

directus = role("chronos_directus", login=True)

_DML: Final[tuple[Literal["select", "insert", "update", "delete"], ...]] = ("select", "insert", "update", "delete")

makes_tables = grant("usage", "create", schema="public", to=directus)
edits_posts = grant(*_DML, on=BlogPost, to=directus)
edits_pages = grant(*_DML, on=DocsPage, to=directus)
edits_heroes = grant(*_DML, on=HomepageHero, to=directus)
edits_features = grant(*_DML, on=Feature, to=directus)
edits_announcements = grant(*_DML, on=Announcement, to=directus)
edits_legal_pages = grant(*_DML, on=LegalPage, to=directus)
