"""The site over reports that the builder makes: pages are asked for as a browser asks, without a server between."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tinkuy.web.settings")

from collections.abc import Callable, Iterator
from pathlib import Path

import django
import pytest
from django.test import Client
from django.test.utils import override_settings

from tests.web import reports
from tinkuy.federation.outcome import Report
from tinkuy.web.public import views_store

django.setup()

Site = Callable[..., Client]


@pytest.fixture(scope="session")
def report() -> Report:
    """A consultation of 300 bases whose returns are coming in."""
    return reports.peru(300)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Builds the views of some reports and gives a browser for them."""
    path = tmp_path / "views.sqlite"
    with override_settings(TINKUY_VIEWS=path):

        def open_site(*shown: Report, archives: dict[str, Path] | None = None) -> Client:
            views_store.rebuild(path, shown, archives)
            return Client()

        yield open_site


@pytest.fixture(scope="module")
def small_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A browser for one small consultation that no test changes."""
    path = tmp_path_factory.mktemp("small") / "views.sqlite"
    views_store.rebuild(path, [reports.peru(12)])
    with override_settings(TINKUY_VIEWS=path):
        yield Client()
