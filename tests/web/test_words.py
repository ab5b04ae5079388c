"""The site's words: every sentence has its Spanish, and the catalogues are those of the sources."""

from __future__ import annotations

import re

from tests.web import catalogue


def test_every_sentence_of_the_site_has_its_spanish():
    assert catalogue.untranslated(catalogue.updated()) == []


def test_the_catalogues_are_those_of_the_sources():
    spanish = catalogue.updated()
    assert catalogue.PO.read_bytes() == catalogue.written(spanish)
    assert catalogue.PO.with_suffix(".mo").read_bytes() == catalogue.compiled(spanish)


def test_a_translation_names_the_same_figures():
    figures = re.compile(r"%\((\w+)\)s")
    for message in catalogue.kept():
        if not message.id:
            continue
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        wanted = set(figures.findall(ids[-1]))
        assert all(set(figures.findall(str(string))) == wanted for string in strings), message.id


def test_spanish_says_neither_sync_nor_hash_nor_node():
    for message in catalogue.kept():
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        assert not re.search(r"\b(sync|hash|nodo|sincroni)", " ".join(map(str, strings)), re.I), message.id
