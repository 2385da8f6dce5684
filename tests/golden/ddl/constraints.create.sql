CREATE TABLE "halls" (
  "tenant" bigint NOT NULL,
  "id" bigint NOT NULL,
  "name" text NOT NULL,
  "code" text NOT NULL,
  CONSTRAINT "halls_pk" PRIMARY KEY ("id", "tenant") INCLUDE ("name"),
  CONSTRAINT "halls_code_tenant_key" UNIQUE NULLS NOT DISTINCT ("code", "tenant") INCLUDE ("name", "id"),
  CONSTRAINT "halls_tenant_name_key" UNIQUE ("tenant", "name") DEFERRABLE INITIALLY IMMEDIATE
);

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

CREATE TABLE "shows" (
  "tenant" bigint NOT NULL,
  "id" bigint NOT NULL,
  "hall_id" bigint,
  "code" text,
  "seats" bigint NOT NULL,
  "price" numeric NOT NULL,
  "early" boolean DEFAULT false NOT NULL,
  "host_id" bigint,
  CONSTRAINT "shows_pkey" PRIMARY KEY ("tenant", "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "shows_price_check" CHECK ("price" > '0'::numeric) NO INHERIT,
  CONSTRAINT "shows_host_id_fkey" FOREIGN KEY ("host_id") REFERENCES "members" ("id") DEFERRABLE INITIALLY IMMEDIATE,
  CONSTRAINT "shows_hall_fkey" FOREIGN KEY ("hall_id", "tenant") REFERENCES "halls" ("id", "tenant") ON DELETE SET NULL ("hall_id")
);

ALTER TABLE "members" ADD CONSTRAINT "members_team_id_fkey" FOREIGN KEY ("team_id") REFERENCES "teams" ("id");
ALTER TABLE "shows" ADD CONSTRAINT "shows_seats_check" CHECK ("seats" > 0) NOT VALID;
ALTER TABLE "shows" ADD CONSTRAINT "shows_code_tenant_fkey" FOREIGN KEY ("code", "tenant") REFERENCES "halls" ("code", "tenant") MATCH FULL ON DELETE SET DEFAULT ("code") NOT VALID;
ALTER TABLE "shows" ADD CONSTRAINT "shows_code_excl" EXCLUDE USING "btree" ("code" WITH =, ("seats" + '1'::bigint) WITH =) WHERE (NOT "early");
ALTER TABLE "shows" ADD CONSTRAINT "shows_price_excl" EXCLUDE USING "btree" ("price" WITH =) DEFERRABLE INITIALLY DEFERRED;
