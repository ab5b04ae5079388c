"""Django settings of the public site: no database of Django's own, no sessions, no cookies.

What the site shows is named by the environment:

- `TINKUY_VIEWS`   the file of views (default `views.sqlite`), or the address of a PostgreSQL database that holds them
- `TINKUY_GRID`    a TOML file that gives top-level nodes their squares on the map (`public/layout.py`)
- `TINKUY_GEO`     TopoJSON files with real outlines, joined by `ubigeo`; several are separated as in PATH
- `TINKUY_HOSTS`   the names under which the site may be asked for, separated by commas (default: any)
- `TINKUY_STATIC`  where the collected static files lie (default: collected anew by `asgi.py`)
- `TINKUY_SECRET_KEY`  generated for each process when absent: nothing that the public site signs outlives a process
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

HERE = Path(__file__).parent

SECRET_KEY = os.environ.get("TINKUY_SECRET_KEY") or secrets.token_urlsafe(48)
DEBUG = False
ALLOWED_HOSTS = os.environ.get("TINKUY_HOSTS", "*").split(",")
ROOT_URLCONF = "tinkuy.web.urls"
INSTALLED_APPS = ["tinkuy.web.public"]
DATABASES: dict[str, object] = {}
MIDDLEWARE = [
    "tinkuy.web.headers.closed",
    "tinkuy.web.static_files.WholeFiles",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "tinkuy.web.public.trouble.Troubles",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"builtins": ["tinkuy.web.public.templatetags.tinkuy", "django.templatetags.i18n"]},
    }
]

LANGUAGE_CODE = "es"
LANGUAGES = [("es", "Español"), ("en", "English")]
LOCALE_PATHS = [HERE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = os.environ.get("TINKUY_STATIC") or None
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/\w+\.[0-9a-f]{12}\.\w+$"  # the name changes with the bytes

SILENCED_SYSTEM_CHECKS: list[str] = []
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    # A page that does not exist is the reader's affair, not a line in the log of a machine in a village.
    "loggers": {
        "django.request": {"handlers": ["console"], "level": "ERROR", "propagate": False},
        "tinkuy.web": {"handlers": ["console"], "level": "INFO", "propagate": False},
    },
}

TINKUY_VIEWS = os.environ.get("TINKUY_VIEWS") or "views.sqlite"
TINKUY_GRID = os.environ.get("TINKUY_GRID") or None
TINKUY_GEO = [Path(name) for name in os.environ.get("TINKUY_GEO", "").split(os.pathsep) if name]
# True while plain files are written: then there is no search and nothing changes by itself.
TINKUY_STANDALONE = False
