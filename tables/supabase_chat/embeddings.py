"""What users wrote, as vectors: what is meant alike is found near to each other."""

from qb import Col, column, identity, index, new, pg, references
from supabase_chat.ids import EmbeddingId, UserId
from tables.supabase_chat.shared import Created
from tables.supabase_chat.users import GeneralUser

DIMENSIONS = 1536


class Embedding(Created, name="embeddings"):
    """A text and where it lies. No role may reach it but the server's own."""

    id: Col[EmbeddingId] = column(pg.integer, primary_key=True, default=identity())
    user_id: Col[UserId] = column(pg.uuid, references=references(GeneralUser.id, on_delete="cascade"), index=True)
    content: Col[str] = column(pg.text)
    embedding: Col[list[float]] = column(pg.vector(DIMENSIONS))


NewEmbedding = new(Embedding)

# The class of operators belongs to the distance that is asked for: `<->` is L2, and would not use one for cosines.
nearest = index("embeddings_embedding_idx", Embedding.embedding, method="hnsw", operator_class="vector_l2_ops")
