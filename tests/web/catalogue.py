"""The site's own words: gathered from templates and code, kept beside their Spanish, compiled.

The messages are the English sentences, as on every floor; `locale/es/LC_MESSAGES/django.po` is their Spanish.

    python -m tests.web.catalogue    write django.po and django.mo, and say what still has no Spanish
"""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

WEB = Path(__file__).parents[2] / "src" / "tinkuy" / "web"
PO = WEB / "locale" / "es" / "LC_MESSAGES" / "django.po"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
NO_DAY = datetime(2026, 1, 1, tzinfo=UTC)


def gathered() -> Catalog:
    """Every sentence of the templates and of the code, with the files where it stands."""
    if not settings.configured:
        settings.configure(USE_I18N=True)
    catalog = Catalog(project="tinkuy", charset="utf-8", fuzzy=False, creation_date=NO_DAY)
    for file in sorted([*WEB.rglob("*.py"), *WEB.rglob("*.html")]):
        text = file.read_text(encoding="utf-8")
        if file.suffix == ".html":
            # What is no message comes out as a row of X; only indentation could still trouble a reader of Python.
            text = "\n".join(line.lstrip() for line in templatize(text).splitlines())
        found = extract("python", BytesIO(text.encode()), keywords=KEYWORDS)
        for _line, message, _comments, context in found:
            catalog.add(message, locations=[(file.relative_to(WEB).as_posix(), 1)], context=context)
    return catalog


def kept() -> Catalog:
    """The Spanish as it is kept."""
    if not PO.exists():
        return Catalog("es", domain="django", fuzzy=False)
    with PO.open("rb") as text:
        return read_po(text, locale="es", domain="django", abort_invalid=True)


def updated() -> Catalog:
    """The Spanish, brought to exactly the sentences that are said now."""
    spanish = kept()
    spanish.update(gathered(), no_fuzzy_matching=True)
    spanish.obsolete.clear()
    spanish.fuzzy = False
    spanish.project, spanish.version = "tinkuy", ""
    spanish.last_translator = spanish.language_team = spanish.msgid_bugs_address = ""
    spanish.header_comment = "# What the public site of Tinkuy says. Apache-2.0."
    spanish.creation_date = spanish.revision_date = NO_DAY
    return spanish


def written(catalog: Catalog) -> bytes:
    """The .po file."""
    text = BytesIO()
    write_po(text, catalog, width=100, sort_output=True, include_lineno=False, ignore_obsolete=True)
    return text.getvalue()


def compiled(catalog: Catalog) -> bytes:
    """The .mo file."""
    binary = BytesIO()
    write_mo(binary, catalog)
    return binary.getvalue()


def untranslated(catalog: Catalog) -> list[str]:
    """Sentences that would be shown in English."""
    return [str(message.id) for message in catalog if message.id and not all(_forms(message.string))]


def _forms(string: object) -> tuple[object, ...]:
    return string if isinstance(string, tuple) else (string,)


if __name__ == "__main__":
    spanish = updated()
    PO.parent.mkdir(parents=True, exist_ok=True)
    PO.write_bytes(written(spanish))
    PO.with_suffix(".mo").write_bytes(compiled(spanish))
    for message in untranslated(spanish):
        print(message)
