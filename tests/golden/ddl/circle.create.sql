CREATE TABLE "members" (
  "id" bigint NOT NULL,
  "team_id" bigint NOT NULL,
  "mentor_id" bigint,
  CONSTRAINT "members_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "members_mentor_id_fkey" FOREIGN KEY ("mentor_id") REFERENCES "members" ("id")
);

CREATE TABLE "teams" (
  "id" bigint NOT NULL,
  "lead_id" bigint,
  CONSTRAINT "teams_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "teams_lead_id_fkey" FOREIGN KEY ("lead_id") REFERENCES "members" ("id") DEFERRABLE INITIALLY DEFERRED
);

ALTER TABLE "members" ADD CONSTRAINT "members_team_id_fkey" FOREIGN KEY ("team_id") REFERENCES "teams" ("id");
