"""Every setting of the running system, from the environment. docs/running.md lists the variables.

`DATABASE_URL` (as nextroute_app) and, for migrating only, `DATABASE_OWNER_URL` (as nextroute_owner) are both given or
both absent; absent, `nextroute` starts the embedded PostgreSQL and sets them (config/workbench.py).
"""

import os
from pathlib import Path

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP

from nextroute.config import mailing, paying, secrets, texting

PACKAGE = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("NEXTROUTE_VAR", PACKAGE.parent / "var"))

# Where photos lie, by what is in them (core/files.py). Every web server and worker needs the same folder.
FILES = Path(os.environ.get("NEXTROUTE_FILES", VAR / "files"))

# NEXTROUTE_DEV=1: plain HTTP on loopback, cookies without `Secure`, a secret key kept under var/.
DEV = os.environ.get("NEXTROUTE_DEV") == "1"
DEBUG = False
SECRET_KEY = os.environ.get("NEXTROUTE_SECRET_KEY") or (secrets.kept(VAR / "secret_key") if DEV else "")
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "Set NEXTROUTE_SECRET_KEY to a long random text, or NEXTROUTE_DEV=1 on your own machine."
    )

# The host names this server answers to, separated by commas; the first one is used in addresses.
HOSTS = os.environ.get("NEXTROUTE_HOSTS", "127.0.0.1,localhost" if DEV else "").split(",")
ALLOWED_HOSTS = [host for host in HOSTS if host]
if DEV and not set(ALLOWED_HOSTS) <= {"127.0.0.1", "localhost", "[::1]"}:
    raise ImproperlyConfigured("NEXTROUTE_DEV=1 is for your own machine: NEXTROUTE_HOSTS may name loopback hosts only.")
# Where `nextroute serve` listens, said in addresses on one's own machine; elsewhere a proxy stands in front.
PORT = os.environ.get("PORT", "") if DEV else ""
# How many proxies in front add to X-Forwarded-For; the asker's address is read that far from its end.
PROXIES = int(os.environ.get("NEXTROUTE_PROXIES", "0"))

INSTALLED_APPS = [
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    # For the staff alone; without their middleware, so that the portal pays nothing for them.
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "nextroute.audit.apps.Audit",
    "nextroute.tenancy.apps.Tenancy",
    "nextroute.notifications.apps.Notifications",
    "nextroute.staff.apps.Staff",
    "nextroute.customers.apps.Customers",
    "nextroute.identity.apps.Identity",
    "nextroute.scheduling.apps.Scheduling",
    "nextroute.billing.apps.Billing",
    "nextroute.service_requests.apps.ServiceRequests",
    "nextroute.web.apps.Web",
    "nextroute.ui.apps.Ui",
    "nextroute.portal.apps.Portal",
    "nextroute.dashboard.apps.Dashboard",
    "nextroute.config.apps.Config",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "nextroute.config.compression.Compression",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "nextroute.config.links.handed_down",
    "nextroute.portal.errors.Calm",
    "nextroute.web.languages.middleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "nextroute.config.urls"
WSGI_APPLICATION = "nextroute.config.wsgi.application"

_URL = os.environ.get("DATABASE_URL", "postgresql://nextroute_app@/nextroute")
DATABASES: dict[str, dict[str, object]] = {
    "default": {
        **dj_database_url.parse(_URL),
        "OPTIONS": {
            # Four threads a worker process; a connection is handed out only after a check that it still lives.
            "pool": {"min_size": 1, "max_size": 8, "timeout": 5},
            # Planning the question costs more than answering it for one customer: what is asked again is kept planned.
            "server_side_binding": True,
            "prepare_threshold": 2,
        },
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": False,
    }
}
# The worker's threads keep a connection each: a pool would have to be as large as they are many.
WORKER = os.environ.get("NEXTROUTE_WORKER") == "1"
if WORKER:
    del DATABASES["default"]["OPTIONS"]["pool"]  # type: ignore[attr-defined]
    DATABASES["default"]["CONN_MAX_AGE"] = None
if "DATABASE_OWNER_URL" in os.environ:
    DATABASES["owner"] = dict(dj_database_url.parse(os.environ["DATABASE_OWNER_URL"]))

TEMPLATES = [
    {
        "BACKEND": "nextroute.config.jinja.Templates",
        "NAME": "jinja",
        "APP_DIRS": True,
        "OPTIONS": {"environment": "nextroute.config.jinja.environment"},
    }
]

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español")]
LOCALE_PATHS = [PACKAGE / "locale"]

AUTH_USER_MODEL = "staff.User"
AUTHENTICATION_BACKENDS = ["nextroute.dashboard.proving.ByPassword"]
PASSWORD_HASHERS = ["nextroute.identity.passwords.Argon2id"]
AUTH_PASSWORD_VALIDATORS: list[dict[str, object]] = []  # identity/passwords.py says what a password must be

STATIC_URL = "/static/"
STATIC_ROOT = None if DEV else VAR / "static"
_STATIC = "whitenoise.storage.CompressedManifestStaticFilesStorage"
if DEV:  # served from where they lie, without `collectstatic`
    WHITENOISE_USE_FINDERS = True
    _STATIC = "django.contrib.staticfiles.storage.StaticFilesStorage"
STORAGES = {"staticfiles": {"BACKEND": _STATIC}}

# Cookies: host-only and TLS-only (`__Host-`), but for plain HTTP on one's own machine.
PORTAL_COOKIE = "portal_dev" if DEV else "__Host-portal"
STAFF_COOKIE = "staff_dev" if DEV else "__Host-staff"  # its limits: staff/sessions.py
STAFF_KNOWN_COOKIE = "staff_known_dev" if DEV else "__Host-staff-known"
REMEMBERED_COOKIE = "business_dev" if DEV else "__Host-business"
ASKING_COOKIE = "asking_dev" if DEV else "__Host-asking"
CSRF_COOKIE_NAME = "csrf_dev" if DEV else "__Host-csrf"
CSRF_COOKIE_SECURE = not DEV
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "nextroute.portal.errors.forbidden_form"

SECURE_CSP: dict[str, list[str]] = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    # A form that leads on to a page of Stripe's, or of its stand-in.
    "form-action": [CSP.SELF, *paying.pages(os.environ.get("NEXTROUTE_STRIPE_URL", ""))],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if not DEV:
    SECURE_SSL_REDIRECT = os.environ.get("NEXTROUTE_TLS_REDIRECT", "1") == "1"
    SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXIES else None

# Mail. NEXTROUTE_MAIL_URL: smtp://user:password@host:587, or smtps:// for TLS from the first byte (config/mailing.py).
# NEXTROUTE_MAIL_FROM: the address all mail comes from, beside the business's name. On one's own machine mail lands in a
# folder instead, to be read at /dev/mail/ (config/kept_mail.py).
MAIL_URL = os.environ.get("NEXTROUTE_MAIL_URL", "")
MAIL_FROM = os.environ.get("NEXTROUTE_MAIL_FROM", "portal@localhost.localdomain" if DEV else "")
MAIL_FOLDER = VAR / "mail" if DEV and not MAIL_URL else None
MAILERS = mailing.mailers(MAIL_URL, MAIL_FROM, MAIL_FOLDER)
# How long a worker may take over one message before another takes it for dead, in seconds.
DELIVERY_LEASE = mailing.lease(os.environ.get("NEXTROUTE_DELIVERY_LEASE", "120"))
# NEXTROUTE_MAIL_PROVIDER: whose mail server that is, if it reports bounces to /api/webhooks/mail, such as postmark.
# NEXTROUTE_MAIL_WEBHOOK_SECRET: what it proves itself by there, user:password, or Mailgun's signing key.
MAIL_PROVIDER, MAIL_WEBHOOK_SECRET = mailing.reports(
    os.environ.get("NEXTROUTE_MAIL_PROVIDER", ""), os.environ.get("NEXTROUTE_MAIL_WEBHOOK_SECRET", "")
)

# Text messages, through Twilio or whoever speaks as it does. All three, or none: then there are none.
# NEXTROUTE_SMS_URL: https://api.twilio.com. NEXTROUTE_SMS_ACCOUNT, NEXTROUTE_SMS_TOKEN: the account there, its secret.
SMS_ACCOUNT = os.environ.get("NEXTROUTE_SMS_ACCOUNT", "")
SMS_TOKEN = os.environ.get("NEXTROUTE_SMS_TOKEN", "")
SMS_URL = texting.base(os.environ.get("NEXTROUTE_SMS_URL", ""), SMS_ACCOUNT, SMS_TOKEN, dev=DEV)

# Payments, through Stripe Connect; without a key there are none, and customers are told how to pay otherwise.
# NEXTROUTE_STRIPE_KEY: the platform's. NEXTROUTE_STRIPE_URL: a stand-in's address, on one's own machine.
# NEXTROUTE_STRIPE_WEBHOOK_SECRETS: of each endpoint that is told of events, separated by commas.
STRIPE_KEY = os.environ.get("NEXTROUTE_STRIPE_KEY", "")
STRIPE_URL = paying.base(os.environ.get("NEXTROUTE_STRIPE_URL", ""), STRIPE_KEY, dev=DEV)
# NEXTROUTE_APPLICATION_FEE: what the platform keeps of a payment, in percent, such as 0.5.
STRIPE_FEE_PERCENT = paying.percent(os.environ.get("NEXTROUTE_APPLICATION_FEE", "0"))
STRIPE_WEBHOOK_SECRETS = paying.secrets(os.environ.get("NEXTROUTE_STRIPE_WEBHOOK_SECRETS", ""))

# The address the web server listens on, as whoever starts it says.
LISTENS_ON = os.environ.get("NEXTROUTE_LISTENS_ON", "")

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
SILENCED_SYSTEM_CHECKS: list[str] = []

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"discreet": {"()": "nextroute.config.logs.Discreet"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["discreet"]}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        # Scanners ask for every host there is; each would leave a trace.
        "django.security.DisallowedHost": {"handlers": [], "propagate": False},
    },
}
