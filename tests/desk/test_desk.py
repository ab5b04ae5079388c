"""A secretary keeps the book of one body at the terminal (assembly.md; book.md, "Keys")."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.desk.terminal import OFFICERS, figures

FOUND = ("--name", "Junta", "--kind", "neighbourhood", "--place", "Ayaviri", "--statutes", "pe-junta-vecinal")


def files(folder: str) -> dict[str, bytes]:
    return {str(file): file.read_bytes() for file in Path(folder).rglob("*") if file.is_file()}


def test_what_is_not_given_is_asked(terminal):
    answers = "Junta 8 de Marzo\nneighbourhood\nAyaviri\npe-junta-vecinal\n"
    said = terminal.desk("a", "found", *OFFICERS, answers=answers)
    assert "Junta 8 de Marzo is founded" in said
    assert terminal.state("a")["name"] == "Junta 8 de Marzo"


def test_what_nobody_answers_names_the_option(terminal):
    assert "--name" in terminal.desk("a", "found", *OFFICERS, code=2)


def test_a_founding_that_is_refused_leaves_nothing_behind(terminal):
    said = terminal.desk("a", "found", *FOUND, *OFFICERS, "--at", "1990-01-01T00:00:00Z", code=2)
    assert "not valid on 1990-01-01" in said
    assert files("a") == {}
    terminal.desk("a", "found", *FOUND, *OFFICERS)


def test_a_body_is_founded_once_in_a_folder(terminal):
    terminal.desk("a", "found", *FOUND, *OFFICERS)
    before = files("a")
    assert "is a desk already" in terminal.desk("a", "found", *FOUND, *OFFICERS, code=2)
    assert files("a") == before


def test_statutes_come_from_a_file_as_well(terminal):
    Path("own.toml").write_text(terminal.run("statutes", "show", "pe-junta-vecinal"), encoding="utf-8")
    given = (*FOUND[:-1], "own.toml")
    terminal.desk("a", "found", *given, *OFFICERS)
    assert terminal.state("a")["statutes"].startswith("pe-junta-vecinal")


def test_a_folder_without_a_desk_says_what_to_do(terminal):
    assert "tinkuy desk found" in terminal.desk("nowhere", "show", code=2)


def test_a_wrong_passphrase_opens_nothing_and_seals_nothing(terminal):
    terminal.desk("a", "found", *FOUND, *OFFICERS)
    Path("pw.wrong").write_text("otra cosa distinta\n", encoding="utf-8")
    said = terminal.desk("a", "seal", "--role", "chair", "--passphrase-file", "chair=pw.wrong", code=2)
    assert "passphrase does not open" in said
    assert terminal.state("a")["unsealed"] == 1


def test_a_short_passphrase_is_refused_before_anything_is_written(terminal):
    Path("pw.chair").write_text("corta\n", encoding="utf-8")
    assert "at least 8" in terminal.desk("a", "found", *FOUND, *OFFICERS, code=2)
    assert not Path("a").exists()


def test_officers_seal_one_after_another_on_the_same_laptop(terminal):
    terminal.desk("a", "found", *FOUND, *OFFICERS)
    assert "chair must still sign" in terminal.desk("a", "seal", "--role", "secretary", *OFFICERS)
    assert "1 acts, sealed" in terminal.desk("a", "seal", "--role", "chair", *OFFICERS)


def test_a_second_officer_seals_the_same_acts_on_another_laptop(terminal):
    terminal.base("a", 30)
    terminal.desk("a", "record", "member.left", "member=m3")
    terminal.sealed("a", "half.tinkuy", "secretary")
    terminal.run("book", "verify", "half.tinkuy", code=1)
    terminal.desk("chair", "import", "half.tinkuy")
    Path("chair/keys").mkdir()
    Path("chair/keys/chair.json").write_bytes(Path("a/keys/chair.json").read_bytes())
    terminal.desk("chair", "seal", "--passphrase-file", "chair=pw.chair")  # the only key on that laptop
    terminal.desk("chair", "export", "whole.tinkuy")
    assert "The book is sound" in terminal.run("book", "verify", "whole.tinkuy")
    terminal.desk("a", "import", "whole.tinkuy")
    state = terminal.state("a")
    assert (state["unsealed"], state["lacking"]) == (0, [])


def test_the_order_of_the_signatures_changes_nothing_for_who_verifies(terminal):
    terminal.base("a", 30)
    terminal.desk("a", "record", "member.left", "member=m3")
    terminal.sealed("a", "half.tinkuy", "chair")
    terminal.desk("b", "import", "half.tinkuy")
    Path("b/keys").mkdir()
    Path("b/keys/secretary.json").write_bytes(Path("a/keys/secretary.json").read_bytes())
    terminal.sealed("b", "whole.tinkuy", "secretary")
    terminal.run("book", "verify", "whole.tinkuy")


def test_a_copy_that_contradicts_the_book_is_not_imported(terminal):
    terminal.base("a", 30)
    terminal.desk("b", "import", "a.tinkuy")
    Path("b/keys").mkdir()
    for file in Path("a/keys").iterdir():
        (Path("b/keys") / file.name).write_bytes(file.read_bytes())
    terminal.desk("a", "record", "member.left", "member=m3")
    terminal.desk("b", "record", "member.left", "member=m4")
    terminal.sealed("b", "b.tinkuy")
    before = terminal.state("a")
    assert "two histories" in terminal.desk("a", "import", "b.tinkuy", code=2)
    assert terminal.state("a") == before


def test_the_book_of_another_body_is_not_imported(terminal):
    terminal.base("a", 30)
    terminal.base("b", 30)
    assert "not this desk's book" in terminal.desk("a", "import", "b.tinkuy", code=2)


def test_a_rotation_opens_the_commitment_and_the_former_key_seals_no_more(terminal):
    terminal.desk("a", "found", *FOUND, *OFFICERS)
    former = Path("a/keys/secretary.json").read_bytes()
    key = terminal.state("a")["board"]["secretary"]
    terminal.desk("a", "rotate", "secretary", *OFFICERS)
    assert terminal.state("a")["board"]["secretary"] != key
    terminal.sealed("a", "a.tinkuy")
    terminal.run("book", "verify", "a.tinkuy")
    terminal.desk("a", "rotate", "secretary", *OFFICERS)
    terminal.sealed("a", "a.tinkuy")
    terminal.run("book", "verify", "a.tinkuy")
    for file in Path("a/keys").glob("secretary*"):
        file.unlink()
    Path("a/keys/secretary.json").write_bytes(former)
    said = terminal.desk("a", "seal", "--role", "secretary", *OFFICERS, code=2)
    assert "is not the one that the book names now" in said
    assert "came back from a backup" in terminal.desk("a", "keys", "show")


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("name;document\nAna;1\n;2\n", "line 3: the cell under “name” is empty"),
        ("name;document\nAna;1\nLuz;2\nAna María;1\n", "line 4: the same document as on line 2"),
        ("name;paper\nAna;1\n", "there is no column document, documento; the headings are name, paper"),
        ("name;document\n", "there are headings and no row under them"),
        ("name;document\nAna\n", "line 2: 1 cells"),
        ("name;document\nAna;---\n", "line 2: the document has neither letters nor digits"),
        ("name;document\nAna\x07;1\n", "line 2: the cell under “name” is no plain text"),
        ("name;nombre;document\nAna;Ana;1\n", "line 1: two columns could be “name”"),
    ],
)
def test_a_roll_that_is_wrong_names_the_line_and_enrols_nobody(terminal, table, said):
    terminal.desk("a", "found", *FOUND, *OFFICERS)
    Path("roll.csv").write_text(table, encoding="utf-8")
    before = files("a")
    assert said in terminal.desk("a", "enrol", "roll.csv", "--passphrase-file", "roll=pw.roll", code=2)
    assert files("a") == before


def test_a_roll_in_another_encoding_is_read_when_it_is_named(terminal):
    terminal.desk("a", "found", *FOUND, *OFFICERS)
    Path("roll.csv").write_bytes("nombre;documento\nPeña;1\n".encode("latin-1"))
    enrol = ("enrol", "roll.csv", "--passphrase-file", "roll=pw.roll")
    assert "line 2: not utf-8" in terminal.desk("a", *enrol, code=2)
    terminal.desk("a", *enrol, "--encoding", "latin-1")
    assert terminal.state("a")["members"] == 1


def test_somebody_on_the_roll_is_not_enrolled_twice(terminal):
    terminal.base("a", 20)
    Path("more.csv").write_text("name,document\nLuz,d a 0000003\nAna,9\n", encoding="utf-8")
    enrol = ("enrol", "more.csv", "--passphrase-file", "roll=pw.roll")
    assert "line 2: this document is on the roll already" in terminal.desk("a", *enrol, code=2)
    Path("more.csv").write_text("name,document\nAna,9\n", encoding="utf-8")
    assert "m21 to m21" in terminal.desk("a", *enrol)


def test_a_refused_enrolment_leaves_the_roll_as_it_was(terminal):
    terminal.base("a", 20)
    before = Path("a/roll.json").read_bytes()
    Path("more.csv").write_text("name,document\nAna,9\n", encoding="utf-8")
    enrol = ("enrol", "more.csv", "--passphrase-file", "roll=pw.roll", "--by", "stranger")
    assert "holds no seat" in terminal.desk("a", *enrol, code=2)
    assert Path("a/roll.json").read_bytes() == before


def test_a_slip_gives_the_salt_and_the_name_only_when_asked(terminal):
    persons = terminal.base("a", 20)
    said = terminal.desk("a", "slip", "m3", "--passphrase-file", "roll=pw.roll")
    assert "Salt " in said
    assert persons[2][0] not in said
    assert persons[2][0] in terminal.desk("a", "slip", "m3", "--names", "--passphrase-file", "roll=pw.roll")
    assert "the register ends at m20" in terminal.desk("a", "slip", "m21", "--passphrase-file", "roll=pw.roll", code=2)


def test_the_roll_freezes_after_the_days_for_objections(terminal):
    terminal.base("a", 20, frozen=False)
    assert "objections" in terminal.desk("a", "roll", "freeze", "--at", "2026-02-03T20:00:00Z", code=2)
    terminal.desk("a", "roll", "freeze", "--at", "2026-02-10T20:00:00Z")


def test_a_vote_of_the_body_alone_is_opened_counted_and_declared(terminal):
    terminal.base("a", 30)
    options = ("--option", "Sí:for", "--option", "No:against")
    terminal.desk("a", "vote", "open", "--question", "¿Techamos el local?", *options)
    counted = ("votes=14,4", "cast=18", "signed_in=20", "blank=0", "null=0", "challenged=0")
    tellers = ("--teller", "m1", "--teller", "m2")
    terminal.desk("a", "vote", "count", *counted, *tellers)
    assert "Carried: 14 of 18" in terminal.desk("a", "vote", "declare")
    assert terminal.state("a")["votes"]["1"]["outcome"] == "carried"


def test_a_box_left_empty_is_missing_and_not_zero(consulted):
    # votes, then on the roll, signed in, cast, blank, null, challenged, received, spoiled, unused; then it is confirmed
    answers = "20\n5\n\n30\n29\n29\n2\n1\n0\n\n\n\ny\n"
    held = ("--opened", "2026-03-03T20:00:00Z", "--closed", "2026-03-03T21:00:00Z", "--convened", "2026-02-20")
    given = ("--place", "Local", "--teller", "m1", "--teller", "m2", "--reason", "Ilegible", "--unit", "A")
    said = consulted.desk("a", "sheet", *held, *given, answers=answers)
    assert "Abstención: missing" in said
    assert "A box is empty" in said
    consulted.sealed("a", "again.tinkuy")
    entries = json.loads(consulted.run("book", "show", "again.tinkuy", "--json"))["entries"]
    assert entries[-1]["count"]["votes"] == [20, 5, None]
    assert "received" not in entries[-1]["count"]
    assert entries[-1]["amends"] == entries[-2]["n"]


def test_a_sheet_that_is_not_confirmed_is_not_recorded(consulted):
    before = consulted.state("a")["acts"]
    answers = "20\n5\n1\n30\n29\n29\n2\n1\n0\n\n\n\nn\n"
    held = ("--opened", "2026-03-03T20:00:00Z", "--closed", "2026-03-03T21:00:00Z", "--convened", "2026-02-20")
    given = ("--place", "Local", "--teller", "m1", "--teller", "m2", "--reason", "Ilegible", "--unit", "A")
    assert "nothing was recorded" in consulted.desk("a", "sheet", *held, *given, answers=answers, code=2)
    assert consulted.state("a")["acts"] == before


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["votes=1,2"], "votes= has 2 figures and the question 3 options"),
        (["votes=1,2,x"], "“x” is not a whole number"),
        (["votes=1,2,-3"], "“-3” is not a whole number"),
        (["votes=1,2,3", "cats=6"], "there is no box cats"),
        (["votes=1,2,3", "votes=1,2,3"], "votes is given twice"),
        (["cast=3"], "the votes are missing"),
        (["votes"], "is written name=value"),
    ],
)
def test_a_figure_that_is_no_figure_is_refused_by_its_box(consulted, given, said):
    assert said in consulted.desk("a", "sheet", "--unit", "A", *given, code=2)


def test_any_act_is_recorded_by_its_kind_and_fields(terminal):
    terminal.base("a", 20)
    terminal.desk("a", "record", "member.suspended", "member=m4", "reason=Cuotas: tres meses, según acta 12")
    assert terminal.state("a")["qualified"] == 19
    acts = [{"act": "member.reinstated", "member": "m4"}, {"act": "member.left", "member": "m5"}]
    Path("acts.json").write_text(json.dumps(acts), encoding="utf-8")
    terminal.desk("a", "record", "--json", "acts.json")
    assert (terminal.state("a")["members"], terminal.state("a")["qualified"]) == (19, 19)


def test_acts_of_one_file_are_recorded_all_or_none(terminal):
    terminal.base("a", 20)
    before = terminal.state("a")
    acts = [{"act": "member.left", "member": "m5"}, {"act": "member.left", "member": "m99"}]
    Path("acts.json").write_text(json.dumps(acts), encoding="utf-8")
    assert "m99 is not enrolled" in terminal.desk("a", "record", "--json", "acts.json", code=2)
    assert terminal.state("a") == before


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["member.vanished"], "there is no kind of act “member.vanished”"),
        (["member.left"], "missing required field"),
        (["member.left", "member=m1", "colour=red"], "unknown field"),
        (["member.left", "m1"], "is written name=value"),
        (["vote.declared", "vote=eleven", "outcome=carried"], "Expected `int`"),
        ([], "name a kind"),
        (["--json", "acts.json"], "acts.json: an act without its kind"),
        (["--json", "broken.json"], "broken.json: "),
        (["member.left", "member=m1", "--at", "2026-03-08 20:00"], "is not a time with its zone"),
    ],
)
def test_an_act_that_cannot_be_read_is_refused_in_one_line(terminal, given, said):
    terminal.base("a", 20)
    Path("acts.json").write_text('{"member": "m1"}', encoding="utf-8")
    Path("broken.json").write_text('{"member": ', encoding="utf-8")
    printed = terminal.desk("a", "record", *given, code=2)
    assert said in printed
    assert printed.count("\n") == 1


def test_the_kinds_of_acts_are_listed_with_their_fields(terminal):
    kinds = json.loads(terminal.desk("a", "acts", "--json"))
    assert kinds["member.left"]["fields"] == {"member": "text"}
    assert kinds == json.loads(terminal.run("book", "kinds", "--json"))
    assert "consultation.drafted" in terminal.run("book", "kinds")


def test_a_proof_is_accepted_by_who_has_the_entry_and_the_keys(consulted):
    from tinkuy.book import proof
    from tinkuy.book.entry import encode

    shown = json.loads(consulted.run("book", "show", "a-voted.tinkuy", "--json"))
    consulted.run("book", "prove", "a-voted.tinkuy", "6", "--out", "act.tlog-proof")
    board = {one["role"]: bytes.fromhex(one["key"]) for one in shown["entries"][0]["board"]}
    given = proof.parse(Path("act.tlog-proof").read_bytes())
    assert proof.verify(given, encode(shown["entries"][6]), shown["book"], board) == {"chair", "secretary"}
    assert "ends at act 6" in consulted.run("book", "prove", "a-voted.tinkuy", "7", code=2)


def test_a_book_says_what_does_not_hold(consulted):
    consulted.desk("a", "record", "member.left", "member=m9")
    consulted.sealed("a", "half.tinkuy", "secretary")
    data = json.loads(consulted.run("book", "verify", "half.tinkuy", "--json", code=1))
    assert (data["sound"], data["lacking"]) == (False, ["chair"])
    consulted.run("book", "verify", "a.csv", code=2)


def test_a_book_cannot_steer_the_terminal_of_who_reads_it(terminal):
    terminal.base("a", 30)
    terminal.desk("a", "vote", "open", "--question", "¿Sí?\x1b[2J\x1b]0;x\x07 \u202e")
    terminal.sealed("a", "a.tinkuy")
    for said in (terminal.run("book", "show", "a.tinkuy"), terminal.desk("a", "show")):
        assert not {"\x1b", "\x07", "\u202e"} & set(said)


def test_a_tree_is_read_in_any_order_and_refused_by_line(terminal):
    terminal.found("fed", "Federación", "federation", "consulta-nacional")
    for table, said in (
        ("code,name,parent\n1,A,2\n2,B,1\n", "hangs under itself"),
        ("code,name,parent\n1,A,9\n", "line 2: 9 is not in the table"),
        ("code,name,parent\n1,A,\n1,B,\n", "line 3: 1 stands here twice"),
        ("code,name,parent\n1,A,\n", "line 2: the level has no name"),
        ("code,name,parent,level\n1,A,,region\n2,B,,province\n", "line 3: level “province”"),
    ):
        Path("tree.csv").write_text(table, encoding="utf-8")
        assert said in terminal.desk("fed", "federation", "tree", "tree.csv", code=2)
    Path("tree.csv").write_text("code,name,parent\n11,B,1\n1,A,\n12,C,1\n", encoding="utf-8")
    levels = ("--level", "region", "--level", "province")
    assert "3 nodes at region, province" in terminal.desk("fed", "federation", "tree", "tree.csv", *levels)


def test_a_provisional_book_is_not_affiliated(terminal):
    terminal.base("a", 30)
    terminal.desk("a", "record", "member.left", "member=m3")
    terminal.sealed("a", "half.tinkuy", "secretary")
    terminal.found("fed", "Federación", "federation", "consulta-nacional")
    given = ("affiliate", "half.tinkuy", "--code", "A", "--under", "21")
    assert "chair did not sign" in terminal.desk("fed", "federation", *given, code=2)
    assert terminal.state("fed")["bases"] == 0


def test_a_list_of_bases_is_affiliated_all_or_none(terminal):
    terminal.base("a", 30)
    terminal.found("fed", "Federación", "federation", "consulta-nacional")
    Path("bases.csv").write_text("archivo;código;bajo\na.tinkuy;A;21\nb.tinkuy;B;21\n", encoding="utf-8")
    assert "b.tinkuy" in terminal.desk("fed", "federation", "affiliate", "--list", "bases.csv", code=2)
    assert terminal.state("fed")["bases"] == 0


def test_the_state_of_a_count_is_seen_before_it_is_declared(terminal):
    terminal.base("a", 30)
    terminal.desk("a", "vote", "open", "--question", "¿Techamos?", "--option", "Sí:for", "--option", "No:against")
    boxes = [f"{name}={figure}" for name, figure in figures(30, 20).items() if name != "eligible"]
    said = terminal.desk("a", "vote", "count", "votes=14,4", *boxes, "--teller", "m1", "--teller", "m2")
    assert "14 + 4 + 0 + 0 + 0 = 18, but 20 were cast" in said
    assert "does not add up" in terminal.desk("a", "vote", "declare", code=2)
    again = ("vote", "count", "votes=16,4", *boxes, "--teller", "m1", "--teller", "m2")
    assert "takes a reason" in terminal.desk("a", *again, code=2)
    terminal.desk("a", *again, "--reason", "Dos papeletas pegadas")
    assert "Carried: 16 of 20" in terminal.desk("a", "vote", "declare")
