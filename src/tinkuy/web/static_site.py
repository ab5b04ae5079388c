"""The site as plain files: every page that a reader can reach, in both languages, for any web server or a USB stick.

Guarantees that every link leads to a file that is there, that links are relative, so that the folder works from
anywhere, `file://` included, and that `out_dir` appears whole or not at all. The pages are those of the site, made by
the same code; a search needs a server and is left out.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape, unescape
from pathlib import Path
from posixpath import relpath
from urllib.parse import unquote, urlsplit

from tinkuy.web.server import maps_of
from tinkuy.web.static_files import collect
from tinkuy.words import LANGUAGES, Spoken, say

Progress = Callable[[int, int], None]
Tiles = Callable[[Path], None]

_LINK = re.compile(r'(\s(?:href|src)=")([^"]*)(")')
_META = re.compile(r'<meta name="htmx-config"[^>]*>\n?')
ARCHIVE = "/archive.tinkuy"
_LONGEST = 240  # bytes of a file's name that every common file system takes


class PublishError(Spoken):
    """The site cannot be written there."""


def publish(views: Path, out_dir: Path, progress: Progress | None = None, tiles: Tiles | None = None) -> int:
    """Write the site of a views file to `out_dir`, which must not be there yet, or be an earlier publication.

    `progress` is told the pages written and known so far. `tiles` writes the books' tiles into the folder that it is
    given. Returns the number of files written for pages and data.
    """
    if out_dir.exists() and not (out_dir.is_dir() and ((out_dir / "es").is_dir() or not any(out_dir.iterdir()))):
        raise PublishError(
            say("{path}: this is not an earlier publication; name a folder that is not there yet", path=str(out_dir))
        )
    out_dir.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{out_dir.name}.", dir=out_dir.parent))
    try:
        count = _Writer(fresh, _Site(views), progress or (lambda _done, _known: None)).write()
        collect(fresh / "static")
        (fresh / "index.html").write_text(_DOOR, encoding="utf-8")
        if tiles is not None:
            (fresh / "tiles").mkdir()
            tiles(fresh / "tiles")
        fresh.chmod(0o755)
        _swap(fresh, out_dir)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return count


_DOOR = (
    '<!doctype html><html lang="es"><meta charset="utf-8"><title>Tinkuy</title>'
    '<meta http-equiv="refresh" content="0; url=es/index.html">'
    '<p><a href="es/index.html">Español</a> · <a href="en/index.html" lang="en">English</a></p></html>\n'
)


class _Site:
    """Django's own pages without a server between."""

    def __init__(self, views: Path) -> None:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tinkuy.web.settings")
        import django  # noqa: PLC0415 (a face is loaded only where it is shown)

        django.setup()
        maps = maps_of(views.parent)
        self._asked = {
            "TINKUY_VIEWS": views.resolve(),
            "TINKUY_GRID": maps["TINKUY_GRID"] or None,
            "TINKUY_GEO": [Path(name) for name in maps["TINKUY_GEO"].split(os.pathsep) if name],
            "TINKUY_STANDALONE": True,
        }

    @contextmanager
    def open(self) -> Iterator[None]:
        """The settings of a publication, and afterwards those before: the same process may serve the site."""
        from django.conf import settings  # noqa: PLC0415

        before = {name: getattr(settings, name) for name in self._asked}
        try:
            for name, value in self._asked.items():
                setattr(settings, name, value)
            yield
        finally:
            for name, value in before.items():
                setattr(settings, name, value)

    def archive(self, address: str) -> Path | None:
        """The archive of which this is the address; None while it may not be given away."""
        from django.urls import resolve  # noqa: PLC0415
        from django.utils.translation import override  # noqa: PLC0415

        from tinkuy.web.public import live  # noqa: PLC0415

        with override(address[1:3]):
            return live.offered(resolve(unquote(address)).kwargs["consultation"])

    def page(self, address: str) -> bytes:
        """The page at a path with its question, in the language of the path. `Http404` where there is none."""
        from django.http import HttpRequest, QueryDict  # noqa: PLC0415
        from django.urls import resolve  # noqa: PLC0415
        from django.utils.translation import override  # noqa: PLC0415

        parts = urlsplit(address)
        request = HttpRequest()
        request.method, request.path = "GET", unquote(parts.path)
        request.META["QUERY_STRING"], request.GET = parts.query, QueryDict(parts.query)
        with override(address[1:3]):
            found = resolve(request.path)
            response = found.func(request, *found.args, **found.kwargs)
        return bytes(response.content)


@dataclass
class _Writer:
    """Walks the links from the two first pages and writes what it finds."""

    folder: Path
    site: _Site
    progress: Progress
    seen: set[str] = field(default_factory=set)

    def write(self) -> int:
        """Every page that can be reached; the number of files."""
        waiting = [f"/{language}/" for language in LANGUAGES]
        self.seen |= set(waiting)
        count = 0
        with self.site.open():
            while waiting:
                address = waiting.pop()
                if address.endswith(ARCHIVE):
                    self._copy(address)
                else:
                    waiting += self._store(address, self.site.page(address))
                    count += 1
                    self.progress(count, count + len(waiting))
        return count

    def _copy(self, address: str) -> None:
        """The archive that a page offers, once for all languages."""
        file = self.folder / unquote(file_of(address))
        archive = self.site.archive(address)
        if archive is not None and not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(archive, file)

    def _store(self, address: str, content: bytes) -> Iterator[str]:
        """Write one page with its links made relative, and give the addresses that are new."""
        file = self.folder / unquote(file_of(address))
        file.parent.mkdir(parents=True, exist_ok=True)
        if address.endswith(".json"):
            file.write_bytes(content)
            return
        text = _META.sub("", content.decode())
        links = [unescape(match[2]) for match in _LINK.finditer(text)]
        text = _LINK.sub(lambda match: match[1] + escape(relative(unescape(match[2]), address)) + match[3], text)
        file.write_text(text, encoding="utf-8")
        for link in links:
            wanted = _address(link, address)
            if wanted is not None and wanted not in self.seen:
                self.seen.add(wanted)
                yield wanted


def file_of(address: str) -> str:
    """The file of an address, relative to the publication's folder.

    >>> file_of("/es/consultation/x/?order=name&page=2")
    'es/consultation/x/index-order-name-page-2.html'
    """
    parts = urlsplit(address)
    asked = re.sub(r"[^a-z0-9]+", "-", parts.query)
    name = parts.path.lstrip("/")
    if name.endswith(ARCHIVE):
        return name.partition("/")[2]  # the same file in every language
    if name.endswith("/"):
        name += f"index{'-' if asked else ''}{asked}.html"
    if any(len(unquote(step).encode()) > _LONGEST for step in name.split("/")):
        raise PublishError(say("{path}: a code is too long for the name of a file", path=name[:80] + "…"))
    return name


def relative(link: str, page: str) -> str:
    """A link of the site as it stands in the file of `page`; other links are left alone.

    >>> relative("/es/verify/", "/es/consultation/x/")
    '../../verify/index.html'
    """
    wanted = _address(link, page) or (urlsplit(link).path if link.startswith("/") else None)
    if wanted is None:
        return link
    target, fragment = file_of(wanted), urlsplit(link).fragment
    here = file_of(page)
    found = relpath(target, here.rpartition("/")[0] or ".")
    return found + (f"#{fragment}" if fragment else "")


def _address(link: str, page: str) -> str | None:
    """The page that a link leads to, as a path with its question; None for what is no page of the site."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc or link.startswith("#") or not link:
        return None
    here = urlsplit(page)
    path = parts.path or here.path
    if path == ".":
        path = here.path
    if not path.startswith(tuple(f"/{language}/" for language in LANGUAGES)):
        return None
    return path + (f"?{parts.query}" if parts.query else "")


def _swap(fresh: Path, out_dir: Path) -> None:
    """Put the new folder in the old one's place; the old one is gone only when the new one stands."""
    if not out_dir.exists():
        fresh.rename(out_dir)
        return
    old = out_dir.with_name(f".{out_dir.name}.old-{os.getpid()}")
    out_dir.rename(old)
    fresh.rename(out_dir)
    shutil.rmtree(old)
