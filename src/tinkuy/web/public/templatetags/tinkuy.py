"""How templates write figures, sayings, dates and keys; everything in the language of the page."""

from __future__ import annotations

from datetime import datetime

from django.template import Library
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext

from tinkuy.federation.checklist import SEVERITY, title
from tinkuy.federation.outcome import CheckCount, SheetShown
from tinkuy.web.public import drawing, names
from tinkuy.web.public.payload import alive
from tinkuy.web.static_files import hashed
from tinkuy.words import Said, Share, grouped

register = Library()


def language() -> str:
    """The language of the page: one of `tinkuy.words.LANGUAGES`."""
    return "en" if get_language() == "en" else "es"


@register.filter
def n(number: int | None) -> str:
    """An integer with its thousands set apart; a dash where the paper is empty."""
    return "—" if number is None else grouped(number, language())


@register.filter
def said(saying: Said) -> str:
    """A sentence of the floors."""
    return alive(saying).in_language(language())


@register.filter
def why(reason: Said | str) -> str:
    """A reason: an officer's own words, or a sentence of the floors."""
    return reason if isinstance(reason, str) else said(reason)


@register.filter
def key(word: str, family: str) -> str:
    """The word for a key of `names`."""
    return names.named(word, family)


@register.filter
def test_name(name: str) -> str:
    """What a test of a verdict tests."""
    return names.test_named(name)


@register.filter
def sign(op: str) -> str:
    """A comparison as it is written on paper."""
    return {">=": "≥", "<=": "≤"}.get(op, op)


@register.filter
def when(text: str) -> str:
    """A time as it was claimed, written out; what is no time is shown as it is."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return text
    written = date_format(time.replace(tzinfo=None), pgettext("date format", "j F Y, H:i"))
    return f"{written} {time.tzname() or ''}".strip()


@register.filter
def reasons(checks: tuple[int, ...]) -> list[tuple[int, Said]]:
    """What each check says, in words; a check that this program does not know is left to its number."""
    return [(check, title(check)) for check in checks if check in SEVERITY]


@register.filter
def reason(count: CheckCount) -> list[tuple[int, Said]]:
    """What a counted check says; check 2 says one thing as a warning and another when it holds a sheet."""
    return [(count.check, title(count.check, count.severity))] if count.check in SEVERITY else []


@register.filter
def since(sheet: SheetShown) -> str:
    """When the sheet came into its present state, as it was claimed."""
    return sheet.history[-1].at if sheet.history else ""


@register.simple_tag
def share(part: int, whole: int) -> str:
    """A percentage; its fraction must stand beside it."""
    return Share(part, whole).written(language())


@register.simple_tag
def asset(name: str) -> str:
    """The address of a static file under its hashed name."""
    return f"/static/{hashed(name)}"


@register.simple_tag
def weaves() -> SafeString:
    """The patterns of the page's pictures."""
    return drawing.weaves()


@register.simple_tag
def ornament() -> SafeString:
    """The woven band."""
    return drawing.ornament()


@register.simple_tag
def swatch(fill: str) -> SafeString:
    """The sample of a fill."""
    return drawing.swatch(fill)


@register.simple_tag
def share_bar(part: int, whole: int, fill: str) -> SafeString:
    """A small bar."""
    return drawing.share_bar(part, whole, fill)
