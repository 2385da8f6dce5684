"""What of a statement is shown: never a password, or a value of a row."""

from __future__ import annotations

import pytest

from qb.kit.history.without_secrets import without_secrets

SECRET = "hunter2"
HIDDEN = (
    "CREATE ROLE r LOGIN PASSWORD 'hunter2'",
    "ALTER USER r WITH ENCRYPTED password /* x */ E'hunter2'",
    "CREATE SUBSCRIPTION s CONNECTION 'host=x password=hunter2' PUBLICATION p",
    "ALTER SUBSCRIPTION s CONNECTION $$password=hunter2$$",
    "CREATE USER MAPPING FOR r SERVER s OPTIONS (user 'a', password 'hunter2')",
    "ALTER SERVER s OPTIONS (SET host 'x', ADD (y) 'hunter2')",
    "INSERT INTO t VALUES (1, 'hunter2')",
    "insert into t select 'hunter2'",
    "WITH a AS (SELECT 'hunter2' AS x) INSERT INTO t TABLE a",
    "UPDATE t SET x = 'hunter2' WHERE y = 'it''s'",
    "UPDATE ONLY \"t\" SET x = e'hunter2\\''",
    "DELETE FROM t WHERE x = U&'hunter2'",
    "MERGE INTO t USING u ON true WHEN MATCHED THEN UPDATE SET x = 'hunter2'",
    "SELECT add_user('hunter2')",
    "CALL add_user('hunter2')",
    "DO $$BEGIN PERFORM 1; INSERT INTO t VALUES ('hunter2'); END$$",
    "DO $a$BEGIN EXECUTE 'CREATE ROLE r PASSWORD ''hunter2'''; END$a$",
    "DO 'BEGIN UPDATE t SET x = ''hunter2''; END'",
    "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$INSERT INTO t VALUES ('hunter2')$$",
    "CREATE RULE r AS ON INSERT TO t DO ALSO INSERT INTO u VALUES ('hunter2')",
    "CREATE VIEW v AS VALUES ('hunter2')",
    "INSERT INTO t VALUES ('hunter2",
)
SHOWN = (
    "CREATE TABLE t (a text DEFAULT 'a', b int REFERENCES u ON DELETE CASCADE ON UPDATE SET NULL, c text DEFAULT 'c')",
    "CREATE TABLE p PARTITION OF t FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')",
    "CREATE TYPE e AS ENUM ('a', 'b')",
    "COMMENT ON TABLE t IS 'no password here: delete it'",
    "GRANT INSERT, UPDATE ON t TO r",
    "CREATE TRIGGER a AFTER INSERT OR UPDATE OF x ON t FOR EACH ROW EXECUTE FUNCTION f('x', 1)",
    "CREATE POLICY p ON t FOR UPDATE USING (x = 'a')",
    "ALTER ROLE r SET search_path = 'a', 'b'",
    "CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$SELECT 1$$".replace("SELECT 1", "TABLE t"),
)


@pytest.mark.parametrize("text", HIDDEN)
def test_a_secret_is_not_shown(text: str) -> None:
    assert SECRET not in without_secrets(text)
    assert text.split(maxsplit=1)[0] in without_secrets(text)


@pytest.mark.parametrize("text", SHOWN)
def test_what_is_defined_is_shown(text: str) -> None:
    assert without_secrets(text) == text
