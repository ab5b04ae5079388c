"""Promises that the sources keep and that neither the types nor the import contracts can hold."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import tinkuy
from tinkuy.words import Spoken

REPOSITORY = Path(__file__).parents[2]
SOURCE = REPOSITORY / "src" / "tinkuy"
EXACT = (
    "words.py",
    "book",
    "statutes",
    "assembly",
    "federation",
    "count",
    "ballot",
)  # where a vote depends on a figure
WRITTEN = [
    *(REPOSITORY / name for name in ("Makefile", "pyproject.toml", "README.md", "README.es.md")),
    *(
        file
        for folder in ("src", "tests", "docs", "tools", "bench", "examples", ".ci")
        for file in (REPOSITORY / folder).rglob("*")
        if file.suffix in {".py", ".md", ".toml", ".html", ".css", ".js", ".ts", ".po", ".json", ""} and file.is_file()
    ),
]


def modules(*names: str) -> list[Path]:
    """Python files of the rooms, or of all of them."""
    places = [SOURCE / name for name in names] or [SOURCE]
    return sorted(file for place in places for file in ([place] if place.is_file() else place.rglob("*.py")))


def shown(file: Path) -> str:
    return str(file.relative_to(REPOSITORY))


@pytest.mark.parametrize("file", modules(*EXACT), ids=shown)
def test_no_figure_on_which_a_vote_depends_is_a_float(file):
    tree = ast.parse(file.read_text(encoding="utf-8"))
    likeness = {  # how alike two words must be to suggest one for the other decides no vote
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("get_close_matches")
        for part in node.args
    }
    inexact = [
        f"line {node.lineno}: {ast.unparse(node)}"
        for node in ast.walk(tree)
        if (isinstance(node, ast.Constant) and isinstance(node.value, float | complex) and id(node) not in likeness)
        or (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"float", "round"})
        or (isinstance(node, ast.Attribute) and node.attr in {"Float32", "Float64", "mean"})
    ]
    assert inexact == []


@pytest.mark.parametrize("file", modules(*(room for room in EXACT if room != "words.py")), ids=shown)
def test_the_lower_floors_ask_no_clock_and_open_no_file(file):
    asking = [
        f"line {node.lineno}: {ast.unparse(node.func)}"
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and (
            (isinstance(node.func, ast.Name) and node.func.id in {"open", "print", "input"})
            or (isinstance(node.func, ast.Attribute) and node.func.attr in {"now", "utcnow", "today", "write_bytes"})
        )
    ]
    assert asking == []


@pytest.mark.parametrize("file", modules(), ids=shown)
def test_a_file_is_one_room(file):
    assert len(file.read_text(encoding="utf-8").splitlines()) <= 400
    assert file.stem not in {"utils", "util", "helpers", "misc", "common"}


@pytest.mark.parametrize("file", modules(), ids=shown)
def test_only_the_outermost_frame_catches_what_it_cannot_name(file):
    if file == SOURCE / "cli" / "main.py":
        return
    caught = [
        node.lineno
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ExceptHandler)
        and not (isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None)  # tidies up and passes it on
        and (
            node.type is None
            or {"Exception", "BaseException"} & {n.id for n in ast.walk(node.type) if isinstance(n, ast.Name)}
        )
    ]
    assert caught == []


def test_every_room_has_its_floor():
    contract = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    floors = set(re.findall(r"tinkuy\.(\w+)", " ".join(contract["contracts"][0]["layers"])))
    rooms = {module.name for module in pkgutil.iter_modules(tinkuy.__path__)}
    assert rooms <= floors


def test_every_error_of_the_lower_floors_can_be_said_in_the_readers_language():
    unspoken = []
    for room in ("book", "statutes", "assembly", "federation"):
        package = importlib.import_module(f"tinkuy.{room}")
        for module in pkgutil.walk_packages(package.__path__, f"tinkuy.{room}."):
            for value in vars(importlib.import_module(module.name)).values():
                own = (
                    isinstance(value, type) and issubclass(value, Exception) and value.__module__.startswith("tinkuy.")
                )
                kept_inside = isinstance(value, type) and value.__name__.startswith("_")
                if own and not kept_inside and not issubclass(value, Spoken):
                    unspoken.append(f"{value.__module__}.{value.__name__}")
    assert unspoken == []


def test_nothing_names_a_machine_on_which_it_was_written():
    machine = re.compile("|".join(("/" + place + "/") for place in ("work", "root", "home", "Users")))
    found = [
        f"{shown(file)}: {match[0]}"
        for file in WRITTEN
        if file.is_file() and "__pycache__" not in file.parts
        for match in machine.finditer(file.read_text(encoding="utf-8", errors="replace"))
    ]
    assert found == []


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["recount", "--help"]], ids=" ".join)
def test_a_command_loads_no_more_than_it_needs(arguments):
    heavy = ("django", "granian") if arguments[0] == "recount" else ("django", "granian", "polars")
    program = (
        "import sys\nfrom tinkuy.cli.main import main\n"
        f"main({arguments!r})\n"
        f"print([name for name in {heavy!r} if name in sys.modules], file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stderr.splitlines()[-1] == "[]"
