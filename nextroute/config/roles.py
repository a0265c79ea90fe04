"""The three database roles and the database, as one psql script.

`nextroute init-db` prints it for a managed server; the embedded one is made by the very same text.
"""

import re

OWNER = "nextroute_owner"
APP = "nextroute_app"
CUSTOMER = "nextroute_customer"


def sql(database: str = "nextroute") -> str:
    """The psql script that makes the roles and `database`; running it again brings both up to date.

    No password is in it: psql takes them from NEXTROUTE_OWNER_PASSWORD and NEXTROUTE_APP_PASSWORD. Raises
    ValueError for a database's name that would need escaping.
    """
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,63}", database):
        raise ValueError(f"Not a plain name for a database: {database!r}")
    return _SCRIPT.format(owner=OWNER, app=APP, customer=CUSTOMER, database=database)


# ALTER ROLE says nothing of SUPERUSER: only a superuser may, and administrators of managed servers are none.
_SCRIPT = """\
-- The roles and the database of NextRoute. Safe to run again; it sets both passwords anew.
-- Run with psql, on PostgreSQL 18 or later, as superuser or as a role with CREATEROLE, CREATEDB, BYPASSRLS:
--   NEXTROUTE_OWNER_PASSWORD=... NEXTROUTE_APP_PASSWORD=... psql -f this-file postgresql://admin@host/postgres

\\set ON_ERROR_STOP on
\\getenv owner_password NEXTROUTE_OWNER_PASSWORD
\\getenv app_password NEXTROUTE_APP_PASSWORD
\\if :{{?owner_password}} \\else \\set owner_password '' \\endif
\\if :{{?app_password}} \\else \\set app_password '' \\endif
SELECT :'owner_password' = '' OR :'app_password' = '' AS without_password \\gset
\\if :without_password
    DO $$ BEGIN RAISE 'Set NEXTROUTE_OWNER_PASSWORD and NEXTROUTE_APP_PASSWORD first.'; END $$;
\\endif

BEGIN;
SELECT format('CREATE ROLE %I', name) FROM unnest('{{{owner},{app},{customer}}}'::text[]) AS name
WHERE name NOT IN (SELECT rolname FROM pg_roles) \\gexec

-- Owns, migrates and dumps; row-level security does not hold it back. Never the web server's or the worker's.
ALTER ROLE {owner} LOGIN BYPASSRLS NOCREATEROLE PASSWORD :'owner_password';
-- The web server and the worker.
ALTER ROLE {app} LOGIN NOBYPASSRLS NOCREATEROLE NOCREATEDB PASSWORD :'app_password';
-- What a portal's transaction becomes: one customer. Never had without asking, hence INHERIT FALSE.
ALTER ROLE {customer} NOLOGIN NOBYPASSRLS NOCREATEROLE NOCREATEDB;
GRANT {customer} TO {app} WITH INHERIT FALSE, SET TRUE;

-- Only a member may give a database to the owner; a superuser counts as one.
SELECT 'GRANT {owner} TO CURRENT_USER' WHERE NOT pg_has_role('{owner}', 'SET') \\gexec
COMMIT;

SELECT 'CREATE DATABASE "{database}" OWNER {owner} TEMPLATE template0
        ENCODING ''UTF8'' LOCALE_PROVIDER builtin BUILTIN_LOCALE ''C.UTF-8'''
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{database}') \\gexec
ALTER DATABASE "{database}" OWNER TO {owner};
GRANT CONNECT, TEMPORARY ON DATABASE "{database}" TO {app};
"""
