"""The views file: nothing lost, nothing stale, whole or not at all, and nothing in it that may not be shown."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import apsw
import pytest
from django.test import Client
from django.test.utils import override_settings
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.web import reports, walk
from tinkuy.federation.outcome import Finding, Report
from tinkuy.web.public.payload import alive, decode, encode
from tinkuy.web.public.views_reader import Views
from tinkuy.web.public.views_shelf import ViewsError
from tinkuy.web.public.views_store import rebuild, update
from tinkuy.words import Said, Share, say

ID = "paro-15m"


def rows(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """All that a views file says, in any order of writing and without the numbers of its versions."""
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    asked = {
        "consultation": "SELECT id, place, payload, archive FROM consultation",
        "node": "SELECT * FROM node",
        "joined": "SELECT * FROM joined",
        "sheet": "SELECT * FROM sheet",
        "named": "SELECT * FROM named",
    }
    return {table: sorted(connection.execute(statement), key=repr) for table, statement in asked.items()}


def test_the_views_hold_what_the_report_says(tmp_path, report):
    rebuild(tmp_path / "v", [report])
    views = Views(tmp_path / "v")
    assert views.root(ID) == report.nodes[0]
    assert all(views.node(ID, node.code) == node for node in report.nodes[1:])
    assert views.codes(ID) == [sheet.code for sheet in report.sheets]
    sheet = next(sheet for sheet in report.sheets if sheet.state == "normal" and not sheet.hidden)
    assert views.sheet(ID, sheet.code) == sheet


def test_the_same_reports_give_the_same_rows(tmp_path, report):
    rebuild(tmp_path / "a", [report])
    rebuild(tmp_path / "b", [report])
    assert rows(tmp_path / "a") == rows(tmp_path / "b")


@pytest.mark.parametrize("votes", [(9, 5, 1), (2, 1, 0), (0, 0, 0)])
def test_bringing_views_up_to_date_is_the_same_as_making_them_anew(tmp_path, report, votes):
    missing = [sheet.code for sheet in report.sheets if sheet.state == "pending" and (sheet.eligible or 0) >= 20]
    rebuild(tmp_path / "kept", [report])
    for code in missing[:3]:
        report = reports.arrived(report, code, votes)
        update(tmp_path / "kept", report, [code])
    rebuild(tmp_path / "anew", [report])
    kept, anew = rows(tmp_path / "kept"), rows(tmp_path / "anew")
    assert kept["sheet"] == anew["sheet"]
    assert kept["node"] == anew["node"]
    assert kept["joined"] == anew["joined"]
    assert kept["consultation"] == anew["consultation"]


def test_what_was_found_of_a_unit_stands_with_it_once(tmp_path, report):
    held = next(sheet for sheet in report.sheets if sheet.state == "observed" and not sheet.hidden)
    silent = next(sheet for sheet in report.sheets if sheet.state == "pending" and not sheet.hidden)
    heard = Finding("info", f"unit {silent.code}", say("reported, unsigned"), unit=silent.code)
    rebuild(tmp_path / "v", [replace(report, findings=(*report.findings, heard))])
    views = Views(tmp_path / "v")
    assert views.told(ID, silent.code) == (heard,)
    assert views.told(ID, held.code) == (), "the sheet says it already"
    assert views.told(ID, "nowhere") == ()


def test_what_is_found_of_another_unit_is_brought_up_to_date_with_the_rest(tmp_path, report):
    """A check between units may speak of one whose own sheet did not change."""
    quiet = next(sheet for sheet in report.sheets if sheet.state == "normal" and not sheet.hidden)
    heard = Finding("W", f"unit {quiet.code}", say("the same figures as another"), 17, quiet.code)
    rebuild(tmp_path / "v", [report])
    for found in ((heard,), ()):
        told = replace(report, findings=(*report.findings, *found))
        update(tmp_path / "v", told, [report.sheets[-1].code])
        assert Views(tmp_path / "v").told(ID, quiet.code) == found
    rebuild(tmp_path / "anew", [report])
    assert rows(tmp_path / "v")["sheet"] == rows(tmp_path / "anew")["sheet"]


def test_a_neighbour_that_must_now_be_hidden_is_hidden_by_the_same_update(tmp_path, report):
    neighbour = next(sheet for sheet in report.sheets if sheet.state == "normal" and not sheet.hidden)
    rebuild(tmp_path / "v", [report])
    sheets = tuple(replace(one, hidden=True) if one is neighbour else one for one in report.sheets)
    update(tmp_path / "v", replace(report, sheets=sheets), [report.sheets[-1].code])
    shown = Views(tmp_path / "v").sheet(ID, neighbour.code)
    assert shown is not None
    assert shown.votes == ()
    assert shown.cast is None


def test_the_version_grows_with_every_change(tmp_path, report):
    path = tmp_path / "v"
    rebuild(path, [report])
    views = Views(path)
    seen = [views.version()]
    update(path, report, [report.sheets[0].code])
    seen.append(views.version())
    rebuild(path, [report])
    seen.append(views.version())
    assert seen == [1, 2, 3]


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path, report):
    path = tmp_path / "v"
    rebuild(path, [report])
    before = path.read_bytes()

    def broken():
        yield report
        raise ValueError("the books cannot be read")

    with pytest.raises(ValueError, match="books"):
        rebuild(path, broken())
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("content", [b"", b"not a database", b"SQLite format 3\0" + b"\xff" * 4000])
def test_a_file_that_is_no_views_is_refused_in_one_line(tmp_path, content):
    path = tmp_path / "v"
    path.write_bytes(content)
    with pytest.raises(ViewsError) as refused:
        Views(path).version()
    assert str(path) in str(refused.value)
    assert "\n" not in str(refused.value)


def test_views_of_another_version_of_the_program_ask_to_be_rebuilt(tmp_path, report):
    path = tmp_path / "v"
    rebuild(path, [report])
    apsw.Connection(str(path)).execute("UPDATE meta SET value = 99 WHERE name = 'format'")
    with pytest.raises(ViewsError, match="rebuild"):
        Views(path).version()
    rebuild(path, [report])
    assert Views(path).version() >= 1


figures = st.recursive(
    st.integers(0, 10**9)
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.fractions(min_value=0)
    | st.builds(Share, st.integers(0, 10**6), st.integers(0, 10**6)),
    lambda inner: st.builds(lambda one: say("({one})", one=one), inner) | st.tuples(inner, inner),
    max_leaves=5,
)


@given(figures)
def test_a_saying_survives_the_views_in_every_language(figure):
    saying = say("It is {figure}.", figure=figure)
    kept = alive(decode(encode(saying), Said))
    for language in ("es", "en"):
        assert kept.in_language(language) == saying.in_language(language)


def test_a_share_of_fractions_survives(tmp_path):
    saying = say("{share}", share=Share(Fraction(1, 3), Fraction(7, 2)))
    assert str(alive(decode(encode(saying), Said))) == str(saying)


def pages_of(path: Path, report: Report) -> dict[str, bytes]:
    rebuild(path, [report])
    with override_settings(TINKUY_VIEWS=path):
        return walk.pages(Client())


def test_under_an_embargo_no_page_and_no_data_depends_on_a_vote(tmp_path):
    """Two federations that differ in every vote show the same bytes everywhere: nothing can be read off them."""
    calm = reports.peru(25, embargoed=True, state="opened")
    first, *rest = calm.sheets
    calm = replace(calm, sheets=(replace(first, fork=say("8 acts with code CALM")), *rest))
    other = tuple(
        replace(
            sheet,
            votes=tuple(reversed(sheet.votes)),
            cast=(sheet.cast or 0) + 7,
            blank=3,
            root="ab" * 32,
            check_code="OTHER",
            entry="{}",
            differences=(say("other"),) * len(sheet.differences),
            fork=sheet.fork and say("8 acts with code OTHER"),
            history=tuple(replace(change, reason="quotes 41 votes") for change in sheet.history),
        )
        for sheet in calm.sheets
    )
    totals = replace(calm.nodes[0].totals, cast=999_999, options={"A favor": 777_777, "En contra": 1, "Abstención": 2})
    nodes = tuple(replace(node, totals=totals) for node in calm.nodes)
    modes = reports.peru(25).modes
    loud = replace(calm, sheets=other, nodes=nodes, modes=modes, findings=reports.peru(25).findings)
    assert pages_of(tmp_path / "calm", calm) == pages_of(tmp_path / "loud", loud)
    assert b"777777" not in (tmp_path / "loud").read_bytes()


def test_an_embargoed_archive_cannot_be_downloaded(site, tmp_path):
    archive = tmp_path / "x.tinkuy"
    archive.write_bytes(b"every figure")
    client = site(reports.peru(12, embargoed=True, state="opened"), archives={ID: archive})
    assert client.get(f"/es/consultation/{ID}/archive.tinkuy").status_code == 404
    assert b"archive.tinkuy" not in client.get(f"/es/consultation/{ID}/").content


def test_when_the_embargo_ends_everything_is_shown(tmp_path):
    path, silent = tmp_path / "v", reports.peru(25, embargoed=True, state="opened")
    rebuild(path, [silent])
    update(path, reports.peru(25), [])
    rebuild(tmp_path / "anew", [reports.peru(25)])
    assert rows(path) == rows(tmp_path / "anew")


def test_no_page_and_no_data_depends_on_the_figures_of_a_hidden_unit(tmp_path):
    report = reports.peru(30)
    hidden = next(sheet for sheet in report.sheets if sheet.state == "normal")

    def with_votes(votes: tuple[int, int, int]) -> Report:
        small = replace(
            hidden, hidden=True, votes=votes, cast=sum(votes), signed_in=sum(votes), blank=votes[1], null=votes[2],
            unused=votes[0], entry=str(votes), differences=(say("{n} votes", n=votes[0]),),
        )  # fmt: skip
        heard = Finding("W", f"unit {hidden.code}", say("reported: {n} votes", n=votes[0]), unit=hidden.code)
        sheets = tuple(small if one is hidden else one for one in report.sheets)
        return replace(report, sheets=sheets, findings=(*report.findings, heard))

    assert pages_of(tmp_path / "a", with_votes((8, 1, 0))) == pages_of(tmp_path / "b", with_votes((3, 2, 4)))


def test_nodes_too_small_alone_are_shown_as_a_group_under_every_code(site):
    report = reports.peru(60)
    group, lost = report.nodes[1], report.nodes[2]
    together = replace(group, name=f"{group.name} + {lost.name}", joined=(group.code, lost.code))
    kept = tuple(node for node in report.nodes[2:] if node.code != lost.code)
    below = tuple(replace(node, parent=group.code) if node.parent == lost.code else node for node in kept)
    client = site(replace(report, nodes=(report.nodes[0], together, *below)))
    for code in (group.code, lost.code):
        page = client.get(f"/en/consultation/{ID}/node/{code}/").content.decode()
        assert "Shown together because alone they are too small" in page
        assert f"{group.name} + {lost.name}" in page
