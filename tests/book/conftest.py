from __future__ import annotations

import pytest

from tests.book.builders import Book, book_of


@pytest.fixture
def book() -> Book:
    return book_of(7)
