"""Every setting, from the environment, top to bottom. Each variable can also be given as NAME_FILE."""

import os
import secrets
import tempfile
from base64 import urlsafe_b64encode
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

from csp.constants import NONE, SELF
from django.conf import global_settings
from django.core.exceptions import ImproperlyConfigured
from environ import Env

from dashboard import environment as env
from dashboard.cache import address as cache

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.text("ANSWERBACK_VAR_DIR", str(BASE_DIR / "var"))).resolve()


def own_folder() -> None:
    """var/, made where it is missing."""
    try:
        VAR_DIR.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unusable(error) from error


def own_key(name: str, length: int) -> str:
    """A key kept in var/, of so many bytes in URL-safe base64, made on first use and readable by its owner only."""
    path = VAR_DIR / name
    try:
        if not path.exists():
            make_file(path, urlsafe_b64encode(secrets.token_bytes(length)).decode().rstrip("="))
        return path.read_text()
    except OSError as error:
        raise unusable(error) from error


def unusable(error: OSError) -> ImproperlyConfigured:
    advice = "Free some space, let this user write there, or name another folder."
    return ImproperlyConfigured(f"ANSWERBACK_VAR_DIR: {VAR_DIR} cannot be used ({error.strerror}). {advice}")


def make_file(path: Path, text: str) -> None:
    """Whole or not at all, for its owner only; another process's that was there first stays."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def own_broker_socket() -> Path:
    """Where the embedded broker listens: a private folder whose path fits the 107 bytes of a unix socket."""
    path = VAR_DIR / "broker" / "broker.sock"
    if len(os.fsencode(path)) < 100:
        return path
    name = blake2b(os.fsencode(VAR_DIR), digest_size=8).hexdigest()
    return Path(tempfile.gettempdir()) / f"answerback-{os.getuid()}-{name}" / "broker.sock"


def database() -> dict[str, object]:
    """The database of DATABASE_URL with the options that each kind needs to be safe."""
    url = env.text("DATABASE_URL", f"sqlite:///{VAR_DIR / 'answerback.sqlite3'}")
    try:
        config = dict(Env.db_url_config(url)) if "://" in url else {}
    except (ValueError, TypeError):
        config = {}
    engine = str(config.get("ENGINE", ""))
    # Kept between tasks. On SQLite the last one to close would also fold the whole log into the file, each time.
    config["CONN_MAX_AGE"] = 60
    if engine.endswith("sqlite3"):
        # IMMEDIATE takes the write lock at BEGIN, so a claim can never read, wait and then act on what it read.
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA cache_size=-32000; PRAGMA mmap_size=268435456;",
        }
    elif engine.endswith("postgresql"):
        config["CONN_HEALTH_CHECKS"] = True
        # A host that swallows packets must not hold a command or a page for minutes.
        config["OPTIONS"] = {"connect_timeout": 5} | dict(config.get("OPTIONS") or {})
    else:
        raise ImproperlyConfigured("DATABASE_URL: only sqlite:///PATH and postgresql://USER:PASSWORD@HOST/NAME work")
    return config


own_folder()
SECRET_KEY = env.text("SECRET_KEY") or own_key("secret_key", 50)
DEBUG = False
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
DATABASES = {"default": database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

BROKER_SOCKET = own_broker_socket()
BROKER_EMBEDDED = not env.text("CELERY_BROKER_URL")
CELERY_BROKER_URL = env.text("CELERY_BROKER_URL") or f"redis+socket://{BROKER_SOCKET}"

# What pages remember for some seconds stays in their process; what limits rates is shared by all of them.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "shared": cache.config(env.text("CACHE_URL"), CELERY_BROKER_URL),
}

# The address guard and the engine
ANSWERBACK_ALLOWED_NETWORKS = env.words("ANSWERBACK_ALLOWED_NETWORKS")
ANSWERBACK_CONCURRENCY = env.whole("ANSWERBACK_CONCURRENCY", 10_000)
ANSWERBACK_USER_AGENT = env.text("ANSWERBACK_USER_AGENT", "Answerback")
# Where people reach this installation: the source of what webhooks send, and the start of its links
ANSWERBACK_URL = env.text("ANSWERBACK_URL")
# What secrets are encrypted with, the newest first; without any, a key in var/
ANSWERBACK_SECRETS_KEYS = env.keys("ANSWERBACK_SECRETS_KEYS")
SECRETS_KEY_IN_VAR = not ANSWERBACK_SECRETS_KEYS
ANSWERBACK_SECRETS_KEYS = ANSWERBACK_SECRETS_KEYS or env.keys("ANSWERBACK_SECRETS_KEYS", own_key("secrets_key", 32))
# How many days are kept: outcomes that passed, those that did not, and the counts of both
ANSWERBACK_KEEP_SUCCESSES = env.whole("ANSWERBACK_KEEP_SUCCESSES", 90, most=25_000)
ANSWERBACK_KEEP_FAILURES = env.whole("ANSWERBACK_KEEP_FAILURES", 400, most=25_000)
ANSWERBACK_KEEP_ROLLUPS = env.whole("ANSWERBACK_KEEP_ROLLUPS", 1_100, most=25_000)
# What Prometheus sends to read /metrics
ANSWERBACK_METRICS_TOKEN = env.text("ANSWERBACK_METRICS_TOKEN")
# Requests a minute by one token, or by one address without; 0 is no limit
ANSWERBACK_API_RATE = env.whole("ANSWERBACK_API_RATE", 600, least=0)
ANSWERBACK_PUSH_RATE = env.whole("ANSWERBACK_PUSH_RATE", 300_000, least=0)
# How many proxies in front of us add to X-Forwarded-For
ANSWERBACK_PROXIES = env.whole("ANSWERBACK_PROXIES", 0, least=0, most=10)
# Whose scripts in a browser may ask the API, always with a token of their own
ANSWERBACK_CORS_ORIGINS = env.origins("ANSWERBACK_CORS_ORIGINS")
# The processes that `manage.py up` starts
ANSWERBACK_WORKERS = env.whole("ANSWERBACK_WORKERS", 1)
ANSWERBACK_WEB_THREADS = env.whole("ANSWERBACK_WEB_THREADS", 32)
# The example service of `manage.py up`
ANSWERBACK_EXAMPLE_PORT = env.whole("ANSWERBACK_EXAMPLE_PORT", 8765, most=65_535)
# Served behind HTTPS: cookies travel only there, and browsers are told to stay there
ANSWERBACK_HTTPS = env.flag("ANSWERBACK_HTTPS")

INSTALLED_APPS = [
    "apiclient",
    "dashboard",
    "dashboard.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]
MIDDLEWARE = [
    "dashboard.request_id.RequestIdMiddleware",
    *(["corsheaders.middleware.CorsMiddleware"] if ANSWERBACK_CORS_ORIGINS else []),
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.common.CommonMiddleware",
    "dashboard.api.single.SingleMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "dashboard.api.length.LengthMiddleware",
    "dashboard.login.LoginMiddleware",
    "dashboard.preference.PreferenceMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
ROOT_URLCONF = "dashboard.urls"
WSGI_APPLICATION = "dashboard.wsgi.application"
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

AUTH_USER_MODEL = "apiclient.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "overview"
LOGOUT_REDIRECT_URL = "login"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS, SECURE_REFERRER_POLICY = "DENY", "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ANSWERBACK_HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if ANSWERBACK_HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ANSWERBACK_HTTPS else None
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 << 20
FILE_UPLOAD_HANDLERS = ["dashboard.upload.Bounded", *global_settings.FILE_UPLOAD_HANDLERS]
CORS_URLS_REGEX = "^/api/v1/"
CORS_ALLOW_ALL_ORIGINS = ANSWERBACK_CORS_ORIGINS == ["*"]
CORS_ALLOWED_ORIGINS = [] if CORS_ALLOW_ALL_ORIGINS else ANSWERBACK_CORS_ORIGINS
CORS_ALLOW_HEADERS = (
    "accept", "authorization", "content-type", "idempotency-key", "if-match", "if-none-match", "x-request-id",
)  # fmt: skip
CORS_EXPOSE_HEADERS = (
    "ETag",
    "Idempotency-Replayed",
    "Link",
    "Location",
    "Retry-After",
    "WWW-Authenticate",
    "X-Request-ID",
)

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "dashboard.api.authentication.TokenAuthentication",  # first: its header makes a refusal a 401
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["dashboard.api.permission.Allowed"],
    "DEFAULT_THROTTLE_CLASSES": ["dashboard.api.throttle.Rate"],
    "DEFAULT_METADATA_CLASS": "dashboard.api.options.Nothing",
    "DEFAULT_PARSER_CLASSES": ["dashboard.api.parser.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "dashboard.api.cursor.CursorPages",
    "EXCEPTION_HANDLER": "dashboard.api.problem.respond",
    # ``format`` is no word of ours: it is refused like any other unknown one.
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Answerback",
    "DESCRIPTION": "What your APIs answered: services, calls, outcomes and their code classes over time.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "CodeClass": "apiclient.catalogue.CodeClass",
        "Category": "apiclient.catalogue.Category",
        "Method": "apiclient.models.call.Method",
        "TokenState": ["valid", "expired", "revoked", "inactive"],
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "dashboard.api.schema.describe_errors",
        "dashboard.api.schema.close_bodies",
    ],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

LOG_LEVEL = env.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"))
LOG_FORMAT = env.choice("LOG_FORMAT", "console", ("console", "json"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "console": {"()": "dashboard.logs.ConsoleFormatter"},
        "json": {"()": "dashboard.logs.JsonFormatter"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
}
