"""What Supabase has and a server of one's own has not, for tests and the demo: run after `create_all(stand_ins=True)`.

The stand-ins have the shape of what Supabase owns: this gives them its rights, and `auth.uid()` its body.
"""

from qb import Script

SUPABASE = Script(
    """
    CREATE OR REPLACE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE AS
    $$ SELECT (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid $$
    """,
    "GRANT USAGE ON SCHEMA auth TO anon, authenticated, supabase_auth_admin",
    "GRANT ALL ON auth.users TO supabase_auth_admin",
)
