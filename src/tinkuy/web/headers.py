"""Headers that close what a public page does not need: foreign content, framing, sniffing, referrers, devices.

Source: OWASP ASVS 5.0, V3.4 (browser security mechanism headers).
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
READING = ("GET", "HEAD")
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def closed(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: every answer carries `HEADERS`; nothing but reading is answered; no cookie is set."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        reading = request.method in READING
        response = get_response(request) if reading else HttpResponseNotAllowed(READING)
        for name, value in HEADERS.items():
            response.setdefault(name, value)
        return response

    return answer
