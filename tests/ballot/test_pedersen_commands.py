"""`tinkuy ballot ceremony` as people type it: a folder goes round, and an election is opened with two keys of three."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.ballot.conftest import Type


def hold(typed: Type, folder: str = "stick") -> str:
    """Every step of a ceremony of three, of whom two decrypt; what was said on the way."""
    said = "".join(
        typed(f"ceremony certificate {folder} --key k{number} --place {number} --trustees 2of3") for number in (1, 2, 3)
    )
    said += "".join(typed(f"ceremony deal {folder} --key k{number}") for number in (1, 2, 3))
    said += typed(f"ceremony route {folder}")
    said += "".join(typed(f"ceremony accept {folder} --key k{number}") for number in (1, 2, 3))
    return said + typed(f"ceremony conclude {folder}")


def test_a_folder_goes_round_and_two_of_three_open_the_result(typed: Type) -> None:
    said = hold(typed)
    Path("voters.csv").write_text("Ana\nRosa\n", encoding="utf-8")
    question = {"answers": ["Yes", "No"], "min": 1, "max": 1, "question": "Strike?"}
    template = {"name": "Committee", "description": "", "questions": [question]}
    Path("template.json").write_text(json.dumps(template), encoding="utf-8")
    uuid = re.search(r"election (\w+)", typed("credentials voters.csv --out committee"))
    assert uuid is not None
    public = "--credentials committee/public_creds.json"
    typed(f"setup template.json --trustee stick/threshold.json {public} --uuid {uuid[1]} --out e.bel")
    for number, line in enumerate(Path("committee/cards.csv").read_text().splitlines()):
        Path("card").write_text(line.split(",")[2])
        typed(f"vote e.bel --credential-file card --answer 1 --out b{number}.json")
        typed(f"box e.bel b{number}.json")
    typed("tally e.bel")
    for number in (1, 3):
        said += typed(f"ceremony private stick --key k{number} --out t{number}.privkey")
        said += typed(f"decrypt e.bel --key t{number}.privkey --out s{number}.json")
    shown = typed("result e.bel --share 3=s3.json --share 1=s1.json")
    assert re.search(r"2\s+Yes\b", shown), shown
    public_files = b"".join(path.read_bytes() for path in (*Path("stick").iterdir(), Path("e.bel")))
    for name in ("k1", "k2", "k3", "t1.privkey", "t3.privkey"):
        secret = Path(name).read_text().strip().strip('"')
        assert secret not in said
        assert secret.encode() not in public_files
        assert Path(name).stat().st_mode & 0o077 == 0


def test_nothing_is_written_over_and_nothing_of_a_step_that_fails(typed: Type) -> None:
    hold(typed)
    before = {path: path.read_bytes() for path in Path("stick").iterdir()}
    again = "ceremony certificate stick --key k9 --place 1 --trustees 2of3"
    assert "Trustee 1 has her certificate in stick" in typed(again, code=2)
    assert not Path("k9").exists()
    for step in ("deal stick --key k1", "route stick", "accept stick --key k1", "conclude stick"):
        assert "is there already" in typed(f"ceremony {step}", code=2)
    assert {path: path.read_bytes() for path in Path("stick").iterdir()} == before


def test_a_step_out_of_turn_or_in_another_folder_says_what_is_missing(typed: Type) -> None:
    assert "There is no trustee 4" in typed("ceremony certificate stick --key k --place 4 --trustees 2of3", code=2)
    assert "1.cert: No such file" in typed("ceremony route stick", code=2)
    typed("ceremony certificate stick --key k1 --place 1 --trustees 1of2")
    assert "2.cert: No such file" in typed("ceremony deal stick --key k1", code=2)
    typed("ceremony certificate stick --key k2 --place 2 --trustees 1of2")
    assert "1.polynomial: No such file" in typed("ceremony route stick", code=2)
    typed("ceremony certificate other --key k3 --place 1 --trustees 1of1")
    assert "The certificate of this key is not in the list" in typed("ceremony deal stick --key k3", code=2)
    Path("k4").write_text("not a key\n")
    assert "copied wrong" in typed("ceremony deal stick --key k4", code=2)
    Path("stick/2.cert").write_bytes(Path("stick/1.cert").read_bytes())
    assert "Trustee 2: the certificate was made for another" in typed("ceremony deal stick --key k1", code=2)
    Path("stick/1.cert").write_bytes(b"{}")
    assert "Trustee 1, certificate is malformed" in typed("ceremony deal stick --key k1", code=2)
