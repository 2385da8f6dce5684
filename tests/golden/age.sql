CREATE EXTENSION IF NOT EXISTS "age";
SELECT ag_catalog.create_graph('people'::text);
CREATE VIEW "loners" AS SELECT n::text AS name, f::text::bigint AS friends FROM ag_catalog.cypher('people', $q$ MATCH (p:Person)-[:KNOWS]->(f) RETURN p.name, count(f) $q$) AS (n ag_catalog.agtype, f ag_catalog.agtype);

SELECT "subquery_1"."name"
FROM (SELECT n::text AS name, f::text::bigint AS friends FROM ag_catalog.cypher('people', $q$ MATCH (p:Person)-[:KNOWS]->(f) RETURN p.name, count(f) $q$) AS (n ag_catalog.agtype, f ag_catalog.agtype)) AS "subquery_1"
WHERE "subquery_1"."friends" > $1::bigint

DROP VIEW "loners";
SELECT ag_catalog.drop_graph('people'::text, true);
