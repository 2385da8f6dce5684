DROP TABLE "items";
DROP TABLE "org"."owners";
DROP TYPE "org"."kind";
DROP TYPE "status";

DO $qb$
BEGIN
  DROP SCHEMA "org";
EXCEPTION WHEN dependent_objects_still_exist THEN
  NULL;
END
$qb$;
