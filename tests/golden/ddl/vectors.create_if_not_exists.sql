CREATE EXTENSION IF NOT EXISTS "vector";

CREATE TABLE IF NOT EXISTS "documents" (
  "id" bigint NOT NULL,
  "embedding" vector(3) DEFAULT '[1.0,2.5,-3.0]'::vector NOT NULL,
  CONSTRAINT "documents_pkey" PRIMARY KEY ("id")
);

CREATE INDEX IF NOT EXISTS "documents_embedding_idx" ON "documents" USING "hnsw" ("embedding" "vector_cosine_ops") WITH ("m" = '8');
