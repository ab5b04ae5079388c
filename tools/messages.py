"""The catalogues of what the floors say: gathered from every `say("…")`, kept beside their translations, compiled.

Guarantees the same files from the same sources: no dates, no line numbers, sorted by message. A sentence that changed a
little keeps its translation marked fuzzy, which does not count as translated; a sentence that is gone takes its
translation with it.

    python tools/messages.py        write every .po and .mo, and say which sentences still have no translation
"""

from __future__ import annotations

import ast
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

SOURCE = Path(__file__).parents[1] / "src" / "tinkuy"
LOCALES = SOURCE / "locale"
SHOWN = 12
NO_DAY = datetime(2026, 1, 1, tzinfo=UTC)


def gathered(source: Path = SOURCE) -> Catalog:
    """Every template that the sources say, with the files where it is said; those inside f-strings too."""
    catalog = Catalog(project="tinkuy", charset="utf-8", fuzzy=False, creation_date=NO_DAY)
    for file in sorted(source.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id="say"), args=[ast.Constant(value=str() as template), *_]):
                    catalog.add(template, locations=[(file.relative_to(source).as_posix(), 1)])
    return catalog


def read(language: str, locales: Path = LOCALES) -> Catalog:
    """The translations as they are kept; an empty catalogue for a language not begun."""
    file = _file(language, locales)
    if not file.exists():
        return Catalog(language, domain="tinkuy", fuzzy=False)
    with file.open("rb") as text:
        return read_po(text, locale=language, domain="tinkuy", abort_invalid=True)


def updated(translations: Catalog, templates: Catalog) -> Catalog:
    """The translations, brought to exactly the templates that are said now."""
    translations.update(templates)
    translations.obsolete.clear()
    translations.fuzzy = False
    translations.project, translations.version = "tinkuy", ""
    translations.last_translator = translations.language_team = translations.msgid_bugs_address = ""
    translations.header_comment = "# What the floors of Tinkuy say. Apache-2.0."
    translations.creation_date = translations.revision_date = NO_DAY
    return translations


def written(translations: Catalog) -> bytes:
    """The .po file."""
    text = BytesIO()
    write_po(text, translations, width=100, sort_output=True, include_lineno=False, ignore_obsolete=True)
    return text.getvalue()


def compiled(translations: Catalog) -> bytes:
    """The .mo file, without the fuzzy ones."""
    binary = BytesIO()
    write_mo(binary, translations)
    return binary.getvalue()


def untranslated(translations: Catalog) -> list[str]:
    """Templates that would be shown in English."""
    return [_text(message.id) for message in translations if message.id and (message.fuzzy or not message.string)]


def with_other_figures(translations: Catalog) -> list[str]:
    """Templates whose translation names other figures than they do: it would fail, or leave a figure out."""
    return [
        _text(message.id)
        for message in translations
        if message.id
        and message.string
        and not message.fuzzy
        and figures(_text(message.id)) != figures(_text(message.string))
    ]


def figures(template: str) -> set[str]:
    """The names between braces.

    >>> sorted(figures("{count} of {all} units; {count} late"))
    ['all', 'count']
    """
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def _text(part: object) -> str:
    if not isinstance(part, str):
        raise TypeError(f"a saying has one form, not {part!r}")
    return part


def _file(language: str, locales: Path = LOCALES) -> Path:
    return locales / language / "LC_MESSAGES" / "tinkuy.po"


def main() -> None:
    """Write every catalogue."""
    templates = gathered()
    for language in sorted(folder.name for folder in LOCALES.iterdir() if folder.is_dir()):
        translations = updated(read(language), templates)
        file = _file(language)
        file.write_bytes(written(translations))
        file.with_suffix(".mo").write_bytes(compiled(translations))
        missing = untranslated(translations)
        print(f"{language}: {len(translations)} sayings, {len(missing)} without a translation.")
        for template in missing[:SHOWN]:
            print(f"  {template}")


if __name__ == "__main__":
    main()
