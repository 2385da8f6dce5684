"""Companies: by their address, by what they are like, and by where they are."""

from msgspec import Struct

from chronos.ids import CompanyId, Slug
from qb import New, Rows, Select, fn, insert, prepare, select
from qb.types.geojson import Point
from tables.chronos.app import Company
from tables.chronos.embeddings import CompanyEmbedding
from tables.chronos.places import CompanyPlace


class Near(Struct, frozen=True):
    """A company, and how far away it is, in meters."""

    company: CompanyId
    meters: float


class Like(Struct, frozen=True):
    """A company, and how unlike what was looked for it is: 0 is the same."""

    name: str
    distance: float


def create(company: New[Company]) -> Rows[Company]:
    """The company as it was written."""
    return insert(company).returning()


@prepare
def by_slug(slug: Slug) -> Select[Company]:
    """The company under an address."""
    return select(Company).where(Company.slug == slug)


@prepare
def like(embedding: list[float], limit: int = 10) -> Select[Like]:
    """The companies that are most like a text, by its embedding: the order that the index has."""
    distance = CompanyEmbedding.embedding.distance(embedding, by="cosine")
    found = (
        select(Company.name, distance).map(Like).join(CompanyEmbedding, on=CompanyEmbedding.company_id == Company.id)
    )
    return found.order_by(distance).limit(limit)


@prepare
def near(place: Point, meters: float, limit: int = 10) -> Select[Near]:
    """The companies around a place, the nearest first."""
    distance = fn.coalesce(fn.st_distance(CompanyPlace.at, place), 0.0)
    found = select(CompanyPlace.company_id, distance).map(Near)
    return found.where(fn.st_dwithin(CompanyPlace.at, place, meters)).order_by(distance).limit(limit)
