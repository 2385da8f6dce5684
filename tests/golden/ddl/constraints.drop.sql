ALTER TABLE "members" DROP CONSTRAINT "members_team_id_fkey";
ALTER TABLE "shows" DROP CONSTRAINT "shows_code_tenant_fkey";
DROP TABLE "shows";
DROP TABLE "teams";
DROP TABLE "members";
DROP TABLE "halls";
