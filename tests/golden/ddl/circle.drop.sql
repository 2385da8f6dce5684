ALTER TABLE "members" DROP CONSTRAINT "members_team_id_fkey";
DROP TABLE "teams";
DROP TABLE "members";
