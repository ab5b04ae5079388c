"""The site as plain files: every page that a reader can reach, in both languages, for any web server or a USB stick.

Guarantees that every link leads to a file that is there, that links are relative, so that the folder works from
anywhere, `file://` included, and that `out_dir` appears whole or not at all. The pages are those of the site, made by
the same code; a search needs a server and is left out.
"""

from __future__ import annotations

import multiprocessing
import os
import re
import shutil
import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape, unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tinkuy.web.public.views_reader import Views
from tinkuy.web.server import maps_of
from tinkuy.web.static_files import collect
from tinkuy.words import LANGUAGES, Spoken, say

Progress = Callable[[int, int], None]
Tiles = Callable[[Path], None]

_LINK = re.compile(r'(\s(?:href|src)=")([^"]*)(")')
_META = re.compile(r'<meta name="htmx-config"[^>]*>\n?')
ARCHIVE = "/archive.tinkuy"
_LONGEST = 240  # bytes of a file's name that every common file system takes
PAGES = 16  # places a task, each in every language
AHEAD = 3  # tasks a process
ALONE = 60  # with fewer units a second process costs more than it saves


class PublishError(Spoken):
    """The site cannot be written there."""


@dataclass(frozen=True, slots=True)
class Source:
    """What is published: the views, by file or by address, and the folder whose layout and outlines the maps use."""

    views: str | Path
    maps: Path


def publish(
    source: Source, out_dir: Path, progress: Progress | None = None, tiles: Tiles | None = None, jobs: int = 1
) -> int:
    """Write a site to `out_dir`, which must not be there yet, or be an earlier publication.

    `progress` is told the pages written and known so far. `tiles` writes the books' tiles into the folder that it is
    given. With `jobs` processes the files are the same. Returns the number of files written for pages and data.
    """
    if out_dir.exists() and not (out_dir.is_dir() and ((out_dir / "es").is_dir() or not any(out_dir.iterdir()))):
        raise PublishError(
            say("{path}: this is not an earlier publication; name a folder that is not there yet", path=str(out_dir))
        )
    out_dir.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{out_dir.name}.", dir=out_dir.parent))
    try:
        with _writers(source, fresh, jobs) as writers:
            count = _walk(writers, jobs, progress or (lambda _done, _known: None))
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

    def __init__(self, source: Source) -> None:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tinkuy.web.settings")
        import django  # noqa: PLC0415 (a face is loaded only where it is shown)

        django.setup()
        maps = maps_of(source.maps)
        self._asked = {
            "TINKUY_VIEWS": source.views,
            "TINKUY_GRID": maps["TINKUY_GRID"] or None,
            "TINKUY_GEO": [Path(name) for name in maps["TINKUY_GEO"].split(os.pathsep) if name],
            "TINKUY_STANDALONE": True,
        }

    def settle(self) -> None:
        """Take the settings of a publication, in a process that has nothing else to do."""
        from django.conf import settings  # noqa: PLC0415

        for name, value in self._asked.items():
            setattr(settings, name, value)

    @contextmanager
    def open(self) -> Iterator[None]:
        """The settings of a publication, and afterwards those before: the same process may serve the site."""
        from django.conf import settings  # noqa: PLC0415

        before = {name: getattr(settings, name) for name in self._asked}
        try:
            self.settle()
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


@contextmanager
def _writers(source: Source, folder: Path, jobs: int) -> Iterator[Executor]:
    """Whoever writes pages: processes, or a thread of this one where there is too little for several."""
    views = Views(source.views)
    units = sum(len(views.codes(one.report.consultation)) for one in views.consultations())
    if jobs == 1 or units < ALONE:
        site = _Site(source)
        with site.open(), ThreadPoolExecutor(1) as thread:
            _HERE["writer"] = _Writer(folder, site)
            yield thread
        return
    # Spawned, not forked: a forked process may inherit a lock that another thread held.
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, spawn, _start, (source, folder)) as processes:
        yield processes


def _walk(writers: Executor, jobs: int, progress: Progress) -> int:
    """Have every page written that can be reached from the first ones; the number of files."""
    waiting, seen, under_way, count = deque(["/"]), {"/"}, set[Future[tuple[int, list[str]]]](), 0
    while waiting or under_way:
        while waiting and len(under_way) < AHEAD * jobs:
            some = [waiting.popleft() for _ in range(min(PAGES, len(waiting)))]
            under_way.add(writers.submit(_write, some))
        done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
        for task in done:
            written, links = task.result()
            count += written
            for link in links:
                if link not in seen:
                    file_of(link)  # a name that no file can have is refused before anybody is asked for the page
                    seen.add(link)
                    waiting.append(link)
        progress(count, max(count, len(LANGUAGES) * len(seen)) if waiting or under_way else count)
    return count


_HERE: dict[str, _Writer] = {}  # whoever writes in this process


def _start(source: Source, folder: Path) -> None:
    site = _Site(source)
    site.settle()
    _HERE["writer"] = _Writer(folder, site)


def _write(places: Sequence[str]) -> tuple[int, list[str]]:
    """Write these pages in every language; the number of files, and the places to which they lead."""
    writer = _HERE["writer"]
    count, found = 0, dict[str, None]()
    for place in places:
        for language in LANGUAGES:
            address = f"/{language}{place}"
            if address.endswith(ARCHIVE):
                writer.copy(address)
            else:
                found |= dict.fromkeys(writer.store(address))
                count += 1
    return count, list(found)


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes pages of a site into a folder."""

    folder: Path
    site: _Site

    def copy(self, address: str) -> None:
        """The archive that a page offers, once for all languages."""
        file = self.folder / unquote(file_of(address))
        archive = self.site.archive(address)
        if archive is not None and not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(archive, file)

    def store(self, address: str) -> list[str]:
        """Write one page with its links made relative, and give the places to which it leads, without language."""
        content = self.site.page(address)
        file = self.folder / unquote(file_of(address))
        file.parent.mkdir(parents=True, exist_ok=True)
        if address.endswith(".json"):
            file.write_bytes(content)
            return []
        found: dict[str, None] = {}

        def written(link: re.Match[str]) -> str:
            target = unescape(link[2])
            if (wanted := _address(target, address)) is not None:
                found[wanted[3:]] = None
            return link[1] + escape(relative(target, address)) + link[3]

        file.write_text(_LINK.sub(written, _META.sub("", content.decode())), encoding="utf-8")
        return list(found)


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
    return _between(here.split("/"), target.split("/")) + (f"#{fragment}" if fragment else "")


def _between(here: Sequence[str], there: Sequence[str]) -> str:
    """The way from one file to another, up and down; a tenth of the time of `relpath`, and pages are full of links."""
    common = 0
    while common < min(len(here), len(there)) - 1 and here[common] == there[common]:
        common += 1
    return "/".join([*[".."] * (len(here) - 1 - common), *there[common:]])


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
