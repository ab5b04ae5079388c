"""When the site cannot read what it should show: said to the reader in words, and to whoever keeps the site in full."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tinkuy.web.public.layout import LayoutError
from tinkuy.web.public.outlines import OutlinesError
from tinkuy.web.public.views_shelf import ViewsError

LOG = logging.getLogger("tinkuy.web")
AGAIN = 30  # seconds after which it is worth asking again


class Troubles:
    """Middleware: a file that is missing or is not what it should be gives 503 and one line in the log.

    The line names the file; the page does not, for where a machine keeps its files is nobody else's affair.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The page for such a file; None for anything else, which is a defect."""
        if not isinstance(error, ViewsError | LayoutError | OutlinesError):
            return None
        LOG.error("%s", error)
        page = render(request, "public/unready.html", {"federation": "Tinkuy"}, status=503)
        page["Retry-After"] = str(AGAIN)
        return page
