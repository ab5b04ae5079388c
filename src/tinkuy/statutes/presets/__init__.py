"""Statutes to start from, one TOML file each. They are starting points: a body's own statutes prevail."""

from __future__ import annotations

import difflib
from importlib import resources

from tinkuy.statutes.errors import StatutesError, shown
from tinkuy.words import say


def names() -> tuple[str, ...]:
    """The names of all presets, in alphabetical order."""
    files = (file.name for file in resources.files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in files if name.endswith(".toml")))


def read(name: str) -> bytes:
    """The exact bytes of a preset. Raises `StatutesError` for a name that is not there, naming the nearest."""
    known = names()
    if name in known:
        return (resources.files(__name__) / f"{name}.toml").read_bytes()
    near = difflib.get_close_matches(name, known, 1, 0.4)
    if near:
        raise StatutesError(
            "presets", say('no preset "{name}"; did you mean "{near}"?', name=shown(name), near=near[0])
        )
    raise StatutesError("presets", say('no preset "{name}"; known: {known}', name=shown(name), known=", ".join(known)))
