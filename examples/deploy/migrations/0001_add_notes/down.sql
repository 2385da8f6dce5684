-- 1. locks public.notes (AccessExclusiveLock), loses drop-table:notes
DROP TABLE "public"."notes";
