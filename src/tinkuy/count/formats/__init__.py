"""Files of papers: one module a format, and the one way in.

Bytes come in and papers come out; a file that is not what its format asks for ends in one `Unreadable` that names the
file, the line and what was expected there.

>>> papers = read(b'2 1\\n3 1 2 0\\n0\\n"Ana"\\n"Beto"\\n"Board"\\n', "board.blt")
>>> papers.names, papers.papers, papers.seats, papers.title
(('Ana', 'Beto'), 3, 1, 'Board')
"""

from __future__ import annotations

from tinkuy.count.formats import blt
from tinkuy.count.profile import Profile


def read(data: bytes, name: str = "") -> Profile:
    """The papers in a file whose bytes are `data`. `name` is how messages call it.

    Raises `Unreadable`, naming file, line and what was expected.
    """
    return blt.read(data, name)
