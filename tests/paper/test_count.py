"""A count on one page of A4: whatever its length, one page, the same bytes, and who is elected can be read."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tinkuy.count import read, rule
from tinkuy.count.lots import Hashed
from tinkuy.count.profile import Profile
from tinkuy.paper import count


def text_of(pdf: bytes, folder: Path) -> str:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not there (Debian's poppler-utils)")
    file = folder / "page.pdf"
    file.write_bytes(pdf)
    return subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, check=True, text=True).stdout


def test_a_ward_fits_one_page_and_names_the_elected(shared_data: Path, tmp_path: Path) -> None:
    file = shared_data / "count" / "scot2017" / "glasgow_2017_ward7.blt"
    profile = read(file.read_bytes(), file.name)
    assert isinstance(profile, Profile)
    known = rule("scotland")
    result = known.count(profile, 4)
    pdf = count.pdf(result, known.title, known.source, file.name, "es")
    assert pdf == count.pdf(result, known.title, known.source, file.name, "es")
    text = text_of(pdf, tmp_path)
    assert text.count("\f") == 1
    assert all(name in text for name in result.winners)


def test_a_hundred_candidates_and_as_many_stages_fit_one_page(tmp_path: Path) -> None:
    names = [f"Candidata {number}" for number in range(100)]
    profile = Profile.of(names, [([number, (number + 1) % 100], number + 1) for number in range(100)])
    known = rule("irv")
    result = known.count(profile, 1, Hashed("drawn in public"))
    text = text_of(count.pdf(result, known.title, known.source, "cien.blt", "en"), tmp_path)
    assert text.count("\f") == 1
    assert result.winners[0] in text
