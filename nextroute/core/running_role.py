"""The role this process works as. Row-level security holds back no superuser, no BYPASSRLS role and no owner."""

from django.db import connection

_ASK = """
SELECT rolname, CASE
    WHEN rolsuper THEN 'is a superuser'
    WHEN rolbypassrls THEN 'has BYPASSRLS'
    WHEN EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
                 WHERE nspname = 'public' AND relkind IN ('r', 'p') AND pg_has_role(rolname, relowner, 'USAGE'))
    THEN 'owns the tables'
    ELSE '' END
FROM pg_roles WHERE rolname = session_user"""


class WrongRole(RuntimeError):
    """The database shows this role rows that are not the asker's."""


def fault() -> str:
    """What is wrong with the role of the connection, in one line; "" when nothing is."""
    with connection.cursor() as cursor:
        cursor.execute(_ASK)
        name, why = cursor.fetchone() or ("", "is unknown")
    return f"The role {name} {why}: row-level security would not hold it back. Use nextroute_app." if why else ""


def refuse_wrong_role() -> None:
    """Raise WrongRole unless row-level security binds the role; the web server, the worker and the tests start so."""
    if sentence := fault():
        raise WrongRole(sentence)
