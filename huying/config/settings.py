"""Settings. What differs between machines is read from the environment here, and only here."""

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from huying.config import keys
from huying.config.postgres_folder import database_url

BASE = Path(__file__).resolve().parent.parent.parent


def env(name: str, default: str | None = None) -> str:
    """The variable `name`. Without a default it must be set: better no start than a wrong one."""
    value = os.environ.get(name, default)
    if value is None:
        raise RuntimeError(f"set {name} in the environment (see RUNBOOK.md, Settings)")
    return value


# Everything that this installation knows and the repository doesn't: keys, accounts, the journal
# of the ear, and the embedded database.
HUYING_HOME = Path(env("HUYING_HOME", str(BASE / ".run")))
_keys = keys.load_or_create(HUYING_HOME)
SECRET_KEY = _keys.secret_key
PERSON_KEYS = _keys.person_keys  # Fernet, newest first; older ones still open what they closed
LOOKUP_KEY = _keys.lookup_key  # for the keyed hashes that persons are found by
RECEIPT_KEY = _keys.receipt_key

DEBUG = env("DEBUG", "no") == "yes"
PORT = int(env("PORT", "8000"))
PUBLIC_URL = env("PUBLIC_URL", f"http://127.0.0.1:{PORT}")  # how people reach us, for links
ALLOWED_HOSTS = env("ALLOWED_HOSTS", f"localhost,127.0.0.1,{urlsplit(PUBLIC_URL).hostname}").split(
    ","
)
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
SECURE = PUBLIC_URL.startswith("https:")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SESSION_COOKIE_AGE = 12 * 60 * 60  # seconds: one shift; a forgotten desk logs itself out
X_FRAME_OPTIONS = "DENY"
METRICS_TOKEN = env("METRICS_TOKEN", "")  # without one /metrics answers this machine only

# The rooms, in the order a message walks through them.
ROOMS = [
    "huying.places",
    "huying.units",
    "huying.persons",
    "huying.cases",
    "huying.channels",
    "huying.intake",
    "huying.triage",
    "huying.dispatch",
    "huying.clocks",
    "huying.notices",
    "huying.console",
    "huying.citizen",
    "huying.report",
]
INSTALLED_APPS = [
    *ROOMS,
    "huying.config",
    "django_htmx",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "huying.config.headers.content_security",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "huying.config.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]


def _database(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise RuntimeError(f"DATABASE_URL must begin with postgresql://, not {parts.scheme}://")
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        # A socket's folder does not fit where a host's name goes, so it comes as ?host=
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": str(options.pop("port", parts.port or "")),
        "OPTIONS": options,
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "TEST": {"NAME": env("HUYING_TEST_DB", "test_huying")},
    }


DATABASES = {"default": _database(database_url(HUYING_HOME))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

USE_TZ = True
TIME_ZONE = "Asia/Shanghai"  # what people read; the database and the code keep UTC
USE_I18N = True
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [BASE / "huying" / "config" / "locale"]

STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True  # no collectstatic step between a clone and the first page
LOGIN_URL = "login"
LOGOUT_REDIRECT_URL = "login"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"without_receipts": {"()": "huying.config.logs.WithoutReceipts"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["without_receipts"],
        }
    },
    # A refusal is an answer to whoever asked, not a matter for whoever watches the terminal.
    "loggers": {"django.request": {"level": "ERROR"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", "INFO")},
}
