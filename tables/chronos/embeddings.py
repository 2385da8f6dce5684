"""What companies are like, as vectors: those that are near each other are about the same. It needs pgvector."""

from chronos.ids import CompanyId
from qb import Col, column, index, new, pg, references
from tables.chronos.app import Company
from tables.chronos.shared import Timestamped

DIMENSIONS = 384


class CompanyEmbedding(Timestamped, name="app_company_embeddings"):
    """The embedding of a company's description, and the model that made it."""

    company_id: Col[CompanyId] = column(
        pg.uuid, primary_key=True, references=references(Company.id, on_delete="cascade")
    )
    model: Col[str] = column(pg.varchar(100))
    embedding: Col[list[float]] = column(pg.vector(DIMENSIONS))


NewCompanyEmbedding = new(CompanyEmbedding)

embedding_near = index(
    "app_company_embeddings_embedding_idx",
    CompanyEmbedding.embedding,
    method="hnsw",
    operator_class="vector_cosine_ops",
)
"""For the distance that `queries.companies.like` sorts by: with another one PostgreSQL would sort the whole table."""
