"""The two static files of the site, under names that change with their bytes, so that a browser may keep them forever.

`site.css` is ours; `live.js` is htmx with its extension for server-sent events, as `django-htmx` brings them: one file
is one request. Both are collected beside a compressed copy, for WhiteNoise or any other server.
"""

from __future__ import annotations

import gzip
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware  # type: ignore[import-untyped]  # it has no types

SOURCES = {
    "site.css": (("tinkuy.web.public", "static/tinkuy/site.css"),),
    "live.js": (
        ("django_htmx", "static/django_htmx/htmx-2.min.js"),
        ("django_htmx", "static/django_htmx/ext/hx-sse-2.min.js"),
    ),
}


@cache
def content(name: str) -> bytes:
    """The bytes of a static file; `KeyError` for a name that is none of ours."""
    return b"\n".join(files(package).joinpath(path).read_bytes() for package, path in SOURCES[name])


@cache
def hashed(name: str) -> str:
    """The file's name with twelve digits of its SHA-256: `site.0123456789ab.css`."""
    stem, _, suffix = name.rpartition(".")
    return f"{stem}.{sha256(content(name)).hexdigest()[:12]}.{suffix}"


def collect(target: Path) -> None:
    """Write every static file to `target`, each beside its compressed copy."""
    target.mkdir(parents=True, exist_ok=True)
    for name in SOURCES:
        (target / hashed(name)).write_bytes(content(name))
        (target / f"{hashed(name)}.gz").write_bytes(gzip.compress(content(name), 9, mtime=0))


class WholeFiles(WhiteNoiseMiddleware):  # type: ignore[misc]
    """WhiteNoise, answering with whole files: these are small, and an answer in pieces costs ASGI a thread each."""

    @staticmethod
    def serve(static_file: Any, request: HttpRequest) -> HttpResponse:
        """The file, or that it has not changed, with WhiteNoise's own headers."""
        found = static_file.get_response(request.method, request.META)
        body = b"" if found.file is None else found.file.read()
        if found.file is not None:
            found.file.close()
        return HttpResponse(body, status=int(found.status), headers=dict(found.headers))
