-- a table
SELECT "apes"."id", "apes"."a", "apes"."b", "apes"."s", "apes"."ok"
FROM "model"."apes";

-- columns and expressions
SELECT "apes"."id", "apes"."id" + $1::bigint, - (- CAST("apes"."id" AS bigint)), "apes"."id" - $2::bigint, "apes"."a" % $3::bigint
FROM "model"."apes";

-- precedence
SELECT "apes"."id"
FROM "model"."apes"
WHERE (("apes"."a" = $1::bigint) OR (("apes"."b" = $2::bigint) AND (NOT ("apes"."ok" OR ("apes"."s" = $3::text))))) AND (("apes"."id" * ("apes"."id" + $4::bigint)) > $5::bigint);

-- comparisons
SELECT "apes"."id"
FROM "model"."apes"
WHERE ("apes"."a" <> $1::bigint) AND ("apes"."a" < $2::bigint) AND ("apes"."a" <= "apes"."b") AND ("apes"."a" > $3::bigint) AND ("apes"."a" >= $4::bigint) AND ("apes"."a" IS NULL) AND ("apes"."b" IS NOT NULL) AND ("apes"."a" IS DISTINCT FROM $5::bigint) AND ("apes"."a" IS NOT DISTINCT FROM "apes"."b") AND ("apes"."id" BETWEEN $6::bigint AND $7::bigint);

-- lists
SELECT "apes"."id"
FROM "model"."apes"
WHERE ("apes"."id" = ANY ($1::bigint[])) AND ("apes"."s" <> ALL ($2::text[])) AND ("apes"."id" IN (SELECT "bees"."id" FROM "model"."bees")) AND ("apes"."id" NOT IN (SELECT "bees"."id" FROM "model"."bees"));

-- text
SELECT "apes"."id", ($1::text || coalesce("apes"."s", $2::text)) || $3::text
FROM "model"."apes"
WHERE ("apes"."s" LIKE $4::text) AND ("apes"."s" NOT LIKE $5::text) AND ("apes"."s" ILIKE $6::text) AND ("apes"."s" NOT ILIKE $7::text);

-- functions
SELECT lower($1::text || coalesce("apes"."s", $2::text)), concat("apes"."s", $3::text), round($4::numeric, $5::integer), now(), CURRENT_DATE, EXTRACT(year FROM now()), date_trunc('day'::text, now() + $6::interval), greatest("apes"."id", $7::bigint), nullif("apes"."a", $8::bigint), CASE WHEN "apes"."ok" THEN $9::bigint WHEN "apes"."a" = $10::bigint THEN "apes"."id" ELSE $11::bigint END
FROM "model"."apes";

-- cast
SELECT CAST("apes"."id" AS text), CAST("apes"."s" AS varchar(3))
FROM "model"."apes";

-- joins
SELECT "apes"."id", ("bees".*) IS DISTINCT FROM NULL, "bees"."id", "bees"."a", "bees"."b", "bees"."s", "bees"."ok", "boss"."s"
FROM "model"."apes"
LEFT JOIN "model"."bees" ON "bees"."a" = "apes"."id"
LEFT JOIN "model"."apes" AS "boss" ON "boss"."id" = "apes"."a";

-- full and cross
SELECT "apes"."id", "bees"."id"
FROM "model"."apes"
FULL OUTER JOIN "model"."bees" ON "bees"."id" = "apes"."id"
CROSS JOIN "model"."apes" AS "boss";

-- groups
SELECT "apes"."ok", count(*), sum(DISTINCT CAST("apes"."a" AS bigint)), avg("apes"."b"), string_agg("apes"."s", $1::text ORDER BY "apes"."id" DESC)
FROM "model"."apes"
GROUP BY "apes"."ok"
HAVING count(*) > $2::bigint
ORDER BY count(*) DESC,"apes"."ok" ASC NULLS FIRST;

-- the same value twice
SELECT "apes"."id" + $1::bigint, count(*)
FROM "model"."apes"
GROUP BY "apes"."id" + $1::bigint;

-- windows
SELECT "apes"."id", row_number() OVER (PARTITION BY "apes"."a", "apes"."b" ORDER BY "apes"."id" DESC), count(*) FILTER (WHERE "apes"."ok" AND ("apes"."a" > $1::bigint)) OVER (), lag("apes"."a", $2::integer) OVER (ORDER BY "apes"."id")
FROM "model"."apes";

-- order, limit, offset
SELECT DISTINCT "apes"."id"
FROM "model"."apes"
ORDER BY "apes"."id" DESC NULLS LAST
LIMIT $1::bigint
OFFSET $2::bigint;

-- distinct on
SELECT DISTINCT ON ("apes"."a", "apes"."b") "apes"."id", "apes"."a", "apes"."b", "apes"."s", "apes"."ok"
FROM "model"."apes"
ORDER BY "apes"."a","apes"."b";

-- locks
SELECT "apes"."id"
FROM "model"."apes"
JOIN "model"."bees" ON "bees"."id" = "apes"."id"
FOR UPDATE OF "apes" SKIP LOCKED
FOR KEY SHARE OF "bees";

-- set operations
((SELECT "apes"."id" FROM "model"."apes") UNION (SELECT "bees"."id" FROM "model"."bees" LIMIT $1::bigint))
EXCEPT ALL (SELECT "bees"."id" FROM "model"."bees")
ORDER BY 1 DESC
LIMIT $2::bigint;

-- exists and scalars
SELECT "apes"."id", (SELECT max("bees"."a") FROM "model"."bees" WHERE "bees"."b" = "apes"."b")
FROM "model"."apes"
WHERE EXISTS (SELECT "bees"."id" FROM "model"."bees" WHERE "bees"."id" = "apes"."id") AND (NOT EXISTS (SELECT "bees"."id" FROM "model"."bees" WHERE "bees"."a" > (SELECT CAST(avg("apes"."a") AS bigint) FROM "model"."apes")));

-- nested rows
SELECT "apes"."id", (SELECT coalesce(json_agg(json_build_array(nested.c0, nested.c1)), '[]'::json) FROM (SELECT "bees"."id", (SELECT coalesce(json_agg(json_build_array(nested.c0, nested.c1, nested.c2, nested.c3, nested.c4)), '[]'::json) FROM (SELECT "boss"."id", "boss"."a", "boss"."b", "boss"."s", "boss"."ok" FROM "model"."apes" AS "boss" WHERE "boss"."a" = "bees"."a") AS nested (c0, c1, c2, c3, c4)) FROM "model"."bees" WHERE "bees"."a" = "apes"."a" ORDER BY "bees"."id" LIMIT $1::bigint) AS nested (c0, c1))
FROM "model"."apes";

-- CTEs
WITH "counts" ("a", "n") AS (SELECT "apes"."a", count(*) FROM "model"."apes" GROUP BY "apes"."a")
SELECT "counts"."a", "counts"."n", "inner"."n"
FROM "counts"
LEFT JOIN (SELECT "bees"."a", "bees"."id" FROM "model"."bees" WHERE "bees"."ok") AS "inner" ("a", "n") ON "inner"."a" = "counts"."a"
WHERE "counts"."n" > $1::bigint;

-- one CTE under two names
WITH "counts" ("a", "n") AS (SELECT "apes"."a", count(*) FROM "model"."apes" GROUP BY "apes"."a")
SELECT "counts"."a", "other"."n"
FROM "counts"
JOIN "counts" AS "other" ON "other"."a" = "counts"."a";

-- CTEs in a CTE
WITH "counts" ("a", "n") AS (SELECT "apes"."a", count(*) FROM "model"."apes" GROUP BY "apes"."a"), "more" ("a", "n") AS NOT MATERIALIZED (SELECT "counts"."a", "counts"."n" FROM "counts" WHERE "counts"."n" > $1::bigint)
SELECT "more"."a", "more"."n"
FROM "more";

-- a CTE that writes
WITH "gone" ("a", "n") AS (DELETE FROM "model"."bees" WHERE "bees"."id" = $1::bigint RETURNING "bees"."a", "bees"."id")
SELECT "gone"."a", "gone"."n"
FROM "gone";

-- insert
INSERT INTO "model"."apes" ("id","a","b","s","ok")
VALUES ($1::bigint, $2::bigint, $3::bigint, $4::text, $5::boolean);

-- insert rows
INSERT INTO "model"."apes" ("id","a","b","s","ok")
VALUES ($1::bigint, $2::bigint, $3::bigint, $4::text, $5::boolean), ($6::bigint, $7::bigint, $8::bigint, $9::text, $10::boolean)
RETURNING "apes"."id", "apes"."s";

-- insert expressions
INSERT INTO "model"."apes" ("id","s","ok")
VALUES ($1::bigint, lower($2::text), $3::boolean);

-- insert rows of expressions
INSERT INTO "model"."apes" ("id","a","b","s","ok")
VALUES ($1::bigint + $2::bigint, DEFAULT, (SELECT max("bees"."b") FROM "model"."bees"), lower($3::text), DEFAULT), ($4::bigint, $5::bigint, (SELECT max("bees"."b") FROM "model"."bees"), $6::text, $7::boolean), ($8::bigint, DEFAULT, (SELECT max("bees"."b") FROM "model"."bees"), DEFAULT, DEFAULT)
ON CONFLICT DO NOTHING
RETURNING "apes"."id";

-- insert from
INSERT INTO "model"."apes" ("id","s")
SELECT "bees"."id", upper(coalesce("bees"."s", $1::text))
FROM "model"."bees"
WHERE "bees"."ok"
RETURNING "apes"."id", "apes"."a", "apes"."b", "apes"."s", "apes"."ok";

-- on conflict
INSERT INTO "model"."apes" ("id","a","b","s","ok")
VALUES ($1::bigint, $2::bigint, $3::bigint, $4::text, $5::boolean)
ON CONFLICT ("id") WHERE "apes"."ok" DO UPDATE
SET "a" = EXCLUDED."a", "b" = "apes"."b" + $6::bigint
WHERE "apes"."a" < EXCLUDED."a";

-- on constraint
INSERT INTO "model"."apes" ("id","a","b","s","ok")
VALUES ($1::bigint, $2::bigint, $3::bigint, $4::text, $5::boolean)
ON CONFLICT ON CONSTRAINT "apes_pkey" DO NOTHING;

-- update
UPDATE "model"."apes"
SET "a"="apes"."a" + $1::bigint,"s"=$2::text
WHERE "apes"."id" = $3::bigint
RETURNING "apes"."id", "apes"."a", "apes"."b", "apes"."s", "apes"."ok";

-- update from
UPDATE "model"."apes"
SET "a"="bees"."a"
FROM "model"."bees"
JOIN "model"."apes" AS "boss" ON "boss"."id" = "bees"."id"
WHERE "apes"."id" = "bees"."id";

-- patch
UPDATE "model"."apes"
SET "s"=$1::text,"ok"=$2::boolean;

-- delete
DELETE FROM "model"."apes"
USING "model"."bees",(SELECT "bees"."a", "bees"."id" FROM "model"."bees" WHERE "bees"."ok") AS "inner" ("a", "n")
WHERE ("apes"."id" = "bees"."id") AND ("inner"."a" = "apes"."a")
RETURNING "apes"."id", "bees"."s";

-- raw
SELECT "apes"."id" <-> $1::bigint
FROM "model"."apes"
WHERE "model"."apes" IS NOT NULL;

-- prepared
SELECT "apes"."id"
FROM "model"."apes"
WHERE ("apes"."a" = $1::bigint) AND ("apes"."b" = ANY ($2::bigint[]))
LIMIT $3::bigint;

-- prepared with more
SELECT "apes"."id"
FROM "model"."apes"
WHERE ("apes"."a" = $1::bigint) AND ("apes"."b" = ANY ($2::bigint[])) AND ("apes"."s" ILIKE (($3::text || $4::text) || $5::text))
LIMIT $6::bigint;
