"""The floors' catalogue is complete, fits its templates, and is compiled."""

from __future__ import annotations

import ast

import pytest

from tinkuy.words import LANGUAGES, LOCALES, say
from tools import messages

TRANSLATED = [language for language in LANGUAGES if language != "en"]


@pytest.fixture(scope="module")
def templates():
    return messages.gathered()


@pytest.mark.parametrize("language", TRANSLATED)
def test_everything_that_is_said_has_a_translation(language, templates):
    assert messages.untranslated(messages.updated(messages.read(language), templates)) == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_names_the_same_figures_as_its_template(language):
    assert messages.with_other_figures(messages.read(language)) == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_catalogue_is_as_make_messages_would_write_it(language, templates):
    file = LOCALES / language / "LC_MESSAGES" / "tinkuy.po"
    now = messages.updated(messages.read(language), templates)
    assert messages.written(now).decode() == file.read_text(encoding="utf-8"), "run: make messages"
    assert messages.compiled(now) == file.with_suffix(".mo").read_bytes(), "run: make messages"


def test_every_saying_is_written_out_where_it_is_said():
    """The extractor finds only what stands between quotes; anything else would be shown in English without a word."""
    hidden = [
        f"{file.relative_to(messages.SOURCE)}:{node.lineno}"
        for file in sorted(messages.SOURCE.rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "say"
        and not (node.args and isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str))
    ]
    assert hidden == []


def test_a_template_is_given_exactly_the_figures_that_it_names():
    wrong = []
    for file in sorted(messages.SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not (
                isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say" and node.args
            ):
                continue
            given = {keyword.arg for keyword in node.keywords}
            template = node.args[0]
            if not given or None in given or not isinstance(template, ast.Constant):
                continue  # a template in a table gets its figures where it is used
            if messages.figures(template.value) != given:
                wrong.append(f"{file.relative_to(messages.SOURCE)}:{node.lineno}: {template.value}")
    assert wrong == []


def test_a_translation_is_shown_with_its_figures_written_as_that_language_writes_them():
    assert say("{file}: {reason}", file="a", reason=1234).in_language("es") == "a: 1\u202f234"
