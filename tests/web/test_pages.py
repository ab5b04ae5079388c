"""Pages: what they show, in which order, and that every link leads somewhere."""

from __future__ import annotations

import re

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.web import reports, walk
from tinkuy.federation.outcome import Finding, StateChange
from tinkuy.federation.returns import FORKED
from tinkuy.web.headers import HEADERS
from tinkuy.web.public.urls import Code
from tinkuy.words import grouped, say

HERE = "/en/consultation/paro-15m/"


def test_every_link_of_every_page_leads_somewhere_in_both_languages(site):
    client = site(reports.peru(20), reports.peru(10, consultation="otra", state="archived"))
    found = walk.pages(client)
    assert sum("/sheet/" in address and not address.endswith(".json") for address in found) == 2 * 30
    assert {address[:4] for address in found} == {"/es/", "/en/"}


def test_the_page_follows_the_order_of_its_questions(site, report):
    page = site(report).get(HERE).content.decode()
    parts = [
        "<h1>",
        'class="verdict',
        'id="tests"',
        'id="coverage"',
        'class="map',
        'class="level"',
        'id="modes"',
        'id="held"',
        'id="check"',
    ]
    places = [page.index(part) for part in parts]
    assert places == sorted(places)


def test_the_first_line_says_what_it_is_and_as_of_when(site, report):
    client = site(report)
    assert "Consultation · provisional result · as of 9 March 2026, 02:14 UTC" in client.get(HERE).content.decode()
    spanish = client.get(HERE.replace("/en/", "/es/")).content.decode()
    assert "Consulta · resultado provisional · al 9 de marzo de 2026, 02:14 UTC" in spanish


def settled(report):
    """The same report as if nothing that is outstanding could turn it."""
    first, *others = report.modes
    return msgspec.structs.replace(report, modes=(msgspec.structs.replace(first, to_turn=None), *others))


def verdict_of(page):
    return re.search(r'<p class="verdict[^"]*">([^<]*)</p>', page)[1].replace("\N{NO-BREAK SPACE}", " ")


def test_a_settled_verdict_is_the_binding_modes_own_headline(site, report):
    page = site(settled(report)).get(HERE).content.decode()
    assert verdict_of(page) == str(report.modes[0].headline)


def test_while_what_is_outstanding_could_turn_it_there_is_no_result(site, report):
    page = site(report).get(HERE).content.decode()
    assert report.modes[0].to_turn is not None
    assert verdict_of(page).startswith("There is no result yet: ")
    assert str(report.modes[0].headline) in page.replace("\N{NO-BREAK SPACE}", " ")


def test_a_test_is_written_with_its_numerator_denominator_and_need(site, report):
    page = site(report).get(HERE).content.decode()
    for test in report.modes[0].tests:
        assert f"<strong>{grouped(test.numerator)}</strong> / {grouped(test.denominator)}" in page
        assert f"needed: {grouped(test.needed)}" in page


def test_every_way_of_adding_up_is_shown_and_one_is_marked_binding(site, report):
    page = site(report).get(HERE).content.decode()
    assert page.count('role="rowheader"') == len(report.modes) == 8
    assert page.count(">binding<") == 1


def test_a_held_sheet_is_shown_with_its_check_its_difference_and_since_when(site, report):
    held = next(sheet for sheet in report.sheets if sheet.state == "observed" and not sheet.hidden)
    page = site(report).get(f"{HERE}held/").content.decode()
    assert held.name in page
    assert f"check {held.checks[0]}" in page
    assert str(held.differences[0]) in page
    assert "since 8 March 2026, 21:40 UTC" in page


def test_a_base_with_two_histories_is_shown_so_on_its_sheet_and_among_those_held(site, report):
    held = next(sheet for sheet in report.sheets if sheet.state == "observed" and not sheet.hidden)
    said = say("two sealed checkpoints of the book disagree: a fork; 8 acts with code A, 9 with B")
    forked = replace(report, sheets=tuple(replace(one, fork=said) if one is held else one for one in report.sheets))
    client = site(forked)
    for path in (f"{HERE}sheet/{held.code}/", f"{HERE}held/"):
        assert client.get(path).content.decode().count(str(said)) == 1


def test_a_reason_in_a_sheets_history_is_said_in_the_readers_language_or_as_an_officer_wrote_it(site, report):
    held = next(sheet for sheet in report.sheets if sheet.state == "observed" and not sheet.hidden)
    at = {"at": "2026-03-08T21:50:00Z", "state": "observed", "by": "secretary"}
    history = (*held.history, StateChange(reason=FORKED, **at), StateChange(reason="Cotejo <pendiente>", **at))
    forked = replace(held, history=history)
    client = site(replace(report, sheets=tuple(forked if one is held else one for one in report.sheets)))
    for language in ("es", "en"):
        page = client.get(f"{HERE.replace('en', language, 1)}sheet/{held.code}/").content.decode()
        assert f"</strong>: {FORKED.in_language(language)} <small>" in page
        assert "</strong>: Cotejo &lt;pendiente&gt; <small>" in page


def test_what_was_told_of_a_base_ahead_of_its_sheet_stands_on_its_page(site, report):
    silent = next(sheet for sheet in report.sheets if sheet.state == "pending" and not sheet.hidden)
    said = say("reported, unsigned: {count} messages; not counted until the signed sheet comes", count=2)
    heard = Finding("info", f"unit {silent.code}", said, unit=silent.code)
    client = site(replace(report, findings=(*report.findings, heard)))
    for language in ("es", "en"):
        page = client.get(f"{HERE.replace('en', language, 1)}sheet/{silent.code}/").content.decode()
        assert said.in_language(language) in page
    assert "findings" in client.get(f"{HERE}sheet/{silent.code}/data.json").json()
    other = next(sheet for sheet in report.sheets if sheet.state == "normal" and not sheet.hidden)
    assert 'id="findings"' not in client.get(f"{HERE}sheet/{other.code}/").content.decode()


def test_a_sheet_shows_its_figures_as_the_paper_does(site, report):
    sheet = next(sheet for sheet in report.sheets if sheet.state == "normal" and not sheet.hidden)
    page = site(report).get(f"{HERE}sheet/{sheet.code}/").content.decode()
    cells = re.findall(r'<td class="figure">([^<]*)</td>', page)
    paper = [sheet.eligible, sheet.signed_in, *sheet.votes, sheet.blank, sheet.null, sheet.challenged, sheet.cast]
    assert cells[: len(paper)] == [grouped(figure or 0) for figure in paper]


def test_an_empty_cell_is_a_dash_and_not_a_zero(site, report):
    sheet = next(sheet for sheet in report.sheets if sheet.state == "normal" and not sheet.hidden)
    torn = replace(sheet, null=None, votes=(sheet.votes[0], None, sheet.votes[2]))
    client = site(replace(report, sheets=tuple(torn if one is sheet else one for one in report.sheets)))
    page = client.get(f"{HERE}sheet/{sheet.code}/").content.decode()
    assert '<th scope="row">Null</th><td class="figure">—</td>' in page
    assert '<th scope="row">En contra</th><td class="figure">—</td>' in page


def test_a_synthetic_report_says_so_on_every_page(site):
    pages = walk.pages(site(reports.peru(8)), lambda address: not address.endswith(".json"))
    assert all(b'class="synthetic"' in page for page in pages.values())
    real = walk.pages(site(reports.peru(8, synthetic=False)), lambda address: not address.endswith(".json"))
    assert not any(b'class="synthetic"' in page for page in real.values())


def test_no_page_sets_a_cookie_and_every_page_is_closed_to_foreign_content(site, report):
    client = site(report)
    for address in ("/", "/es/", HERE, f"{HERE}search/?q=a", f"{HERE}data.json", "/en/none/", f"{HERE}node/21/"):
        response = client.get(address)
        assert not response.cookies
        assert {name: response[name] for name in HEADERS} == HEADERS
    assert "unsafe" not in HEADERS["Content-Security-Policy"]


def test_pages_carry_no_style_and_no_script_of_their_own(site):
    for address, page in walk.pages(site(reports.peru(8))).items():
        text = page.decode()
        assert " style=" not in text, address
        assert "<style" not in text, address
        assert re.findall(r"<script(?![^>]* src=)", text) == [], address


@pytest.mark.parametrize("state", ["certified", "ratified", "archived"])
def test_a_finished_consultation_needs_no_script(site, state):
    page = site(reports.peru(30, state=state)).get(HERE).content
    assert b"<script" not in page
    assert b"sse-connect" not in page


def test_the_root_speaks_spanish_unless_the_reader_asks_for_english(site, report):
    client = site(report)
    assert client.get("/").headers["Location"] == "/es/"
    assert client.get("/", headers={"accept-language": "quz"}).headers["Location"] == "/es/"
    assert client.get("/", headers={"accept-language": "en-GB,en"}).headers["Location"] == "/en/"


def test_a_table_is_put_in_order_by_its_headings(site, report):
    client = site(report)
    for order in ("name", "reported", "turnout", "first", "held"):
        assert f'href="?order={order}#below"' in client.get(HERE).content.decode()
        page = client.get(f"{HERE}?order={order}").content.decode()
        assert page.count("aria-sort=") == 1
    by_name = client.get(f"{HERE}?order=name").content.decode()
    names = re.findall(r'<th scope="row"><a href="[^"]*/node/[^"]*">([^<]*)</a>', by_name)
    assert names == sorted(names)


@pytest.mark.parametrize(
    "query", ["?page=x", "?page=-3", "?page=0", "?order=drop", "?page=1&page=2&order=", "?%00=%ff"]
)
def test_a_question_that_makes_no_sense_shows_the_first_page(site, report, query):
    assert site(report).get(f"{HERE}{query}").status_code in (200, 404)


def test_a_page_beyond_the_last_is_not_there(site, report):
    assert site(report).get(f"{HERE}?page=9").status_code == 404


@pytest.mark.parametrize(
    "address", ["/es/consultation/none/", f"{HERE}node/none/", f"{HERE}sheet/none/", "/x", "/en/x/"]
)
def test_what_is_not_there_is_said_in_words(site, report, address):
    response = site(report).get(address)
    assert response.status_code == 404
    assert b"<h1>" in response.content


def test_a_missing_views_file_is_said_with_what_to_do(site, report, tmp_path):
    client = site(report)
    (tmp_path / "views.sqlite").unlink()
    response = client.get("/en/")
    assert response.status_code == 503
    assert "nothing to show yet" in response.content.decode()
    assert str(tmp_path) not in response.content.decode()


def test_many_units_under_one_node_are_shown_a_page_at_a_time(site):
    flat = reports.peru(400)
    sheets = tuple(replace(sheet, path=("15", "1501")) for sheet in flat.sheets)
    client = site(replace(flat, sheets=sheets))
    first = client.get(f"{HERE}node/1501/").content.decode()
    assert len(re.findall(r'<th scope="row"><a href="[^"]*/sheet/', first)) == 100
    assert "page 1 of 4, 400 in all" in first
    codes = {
        code
        for page in range(1, 5)
        for code in re.findall(r"/sheet/([^/]+)/", client.get(f"{HERE}node/1501/?page={page}").content.decode())
    }
    assert len(codes) == 400


@given(st.text(min_size=1))
def test_a_code_of_any_letters_is_one_step_of_an_address(code):
    step = Code().to_url(code)
    assert "/" not in step
    assert step not in (".", "..")
    assert Code().to_python(step) == code


@pytest.mark.parametrize("code", ["a/b", "..", ".", "ñandú 7", "100%", "a?b#c", "<b>&'\"", "~1", "data.json"])
def test_a_unit_with_a_strange_code_has_its_page(site, code):
    plain = reports.peru(12)
    odd = replace(plain.sheets[0], code=code, name="<script>alert(1)</script> & cía")
    client = site(replace(plain, sheets=(odd, *plain.sheets[1:])))
    found = walk.pages(client, lambda address: address.startswith("/en/") and "?" not in address)
    page = next(page for address, page in found.items() if "/sheet/" in address and b"alert(1)" in page)
    assert b"<script>alert" not in page


@settings(max_examples=100)
@given(asked=st.text())
def test_a_search_takes_any_text(small_site, asked):
    assert small_site.get(f"{HERE}search/", {"q": asked}).status_code == 200


@pytest.mark.parametrize("asked", ["naupa", "ÑAUPA LLAQTA", "ñaupa lla", "llaqta nau"])
def test_a_base_is_found_without_accents_capitals_or_order(site, report, asked):
    page = site(report).get(f"{HERE}search/", {"q": asked}).content.decode()
    assert "Ñaupa Llaqta" in page


def test_a_base_is_found_by_its_code_first(site, report):
    code = report.sheets[17].code
    page = site(report).get(f"{HERE}search/", {"q": code}).content.decode()
    first = re.search(r'<ul class="found"><li><a href="([^"]*)"', page)
    assert first is not None
    assert first[1].endswith(f"/sheet/{code}/")
