"""The language of the terminal: what was asked for, else what the person's system speaks.

`--lang` decides, then `TINKUY_LANG`, then the first of `LC_ALL`, `LC_MESSAGES` and `LANG` that is set (the order of GNU
gettext). A Spanish locale of any country gives Spanish; every other gives English.
"""

from __future__ import annotations

import gettext
import os
from collections.abc import Sequence
from typing import Literal

from tinkuy.words import LOCALES, Said, say

Language = Literal["es", "en"]

_DECIDING = ("TINKUY_LANG", "LC_ALL", "LC_MESSAGES", "LANG")

# What Typer itself says, through the domain that `choose` binds: listed so that the catalogue has it.
TYPER_SAYS = (
    say("Arguments"),
    say("Commands"),
    say("Options"),
    say("Missing command."),
    say("No such command {name!r}."),
    say("default: {default}"),
    say("required"),
)


def current() -> Language:
    """The language in which to speak now: "es" or "en"."""
    decided = next((value for name in _DECIDING if (value := os.environ.get(name))), "")
    return "es" if decided.lower().replace("-", "_").split(".")[0].split("_")[0] == "es" else "en"


def asked(arguments: Sequence[str]) -> Language | None:
    """What `--lang` says before the command's name, if anything; read ahead, because help is written in it too."""
    words = iter(arguments)
    for word in words:
        if not word.startswith("-"):
            return None
        option, _, value = word.partition("=")
        if option == "--lang":
            value = value or next(words, "")
            return "es" if value == "es" else "en" if value == "en" else None
    return None


def choose(language: Language) -> None:
    """Speak `language` from here on, in Typer's own words and in the processes that this one starts too."""
    os.environ["TINKUY_LANG"] = language
    os.environ["LANGUAGE"] = language
    gettext.bindtextdomain("tinkuy", LOCALES)
    gettext.textdomain("tinkuy")


def spoken(said: Said) -> str:
    """The sentence in the current language; for help texts, which are read when a command's module is loaded."""
    return said.in_language(current())
