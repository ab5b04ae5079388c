"""Contradictions are found where they stand; what is merely unusual is a remark."""

from __future__ import annotations

import pytest

from tinkuy.statutes.review import review

HEAD = """\
name = "base"
valid_from = 2026-03-02
source = "estatuto"
checked = "no"
"""
QUORUM = '[[quorum]]\ncall = 1\nfraction = "1/2"\nop = ">"\n'
ORDINARY = '[majority.ordinary]\ntests = [{ denominator = "valid", fraction = "1/2", op = ">" }]\n'


def quorum(call: int, fraction: str, more: str = "") -> str:
    return f'[[quorum]]\ncall = {call}\nfraction = "{fraction}"\nop = ">="\nwait = {30 * (call - 1)}\n{more}\n'


def majority(test: str, more: str = "", kind: str = "recall") -> str:
    return f"{ORDINARY}[majority.{kind}]\ntests = [{{ {test} }}]\n{more}\n"


# what contradicts itself, the text after the head, the place, and a part of the sentence
ERRORS = {
    "the last day before the first": ("valid_to = 2026-03-01\n" + ORDINARY, "valid_to", "before the first"),
    "the second call above the first": (
        quorum(1, "1/3") + quorum(2, "1/2") + ORDINARY,
        "quorum[2].fraction",
        "above that of the call before it",
    ),
    "the second call asks for more than what was enough": (
        quorum(1, "1/3") + quorum(2, "1/3").replace('">="', '">"') + ORDINARY,
        "quorum[2]",
        "above that of the call before it",
    ),
    "the second call asks for more persons": (
        quorum(1, "1/3") + quorum(2, "1/3", "min_n = 10") + ORDINARY,
        "quorum[2]",
        "above that of the call before it",
    ),
    "the second call asks for more units": (
        quorum(1, "1/3") + quorum(2, "1/5", "min_units = 10") + ORDINARY,
        "quorum[2].min_units",
        "more units",
    ),
    "a second call without a first": (quorum(2, "1/5") + ORDINARY, "quorum[1].call", "without the call before it"),
    "two quorums of one call": (quorum(1, "1/2") + quorum(1, "1/3") + ORDINARY, "quorum[2]", "already has a quorum"),
    "a quorum of units that nobody counts": (
        quorum(1, "1/2", 'of = "units"') + ORDINARY,
        "quorum[1].of",
        "units are never counted",
    ),
    "a quorum of delegates without delegates": (
        quorum(1, "1/2", 'of = "delegates"') + ORDINARY,
        "quorum[1].of",
        "there are no delegates",
    ),
    "a quorum above the whole": (quorum(1, "3/2") + ORDINARY, "quorum[1].fraction", "more than the whole"),
    "a quorum for decisions nobody takes": (
        quorum(1, "1/2", 'applies_to = ["disolve"]') + ORDINARY,
        "quorum[1].applies_to",
        'no decision is called "disolve"',
    ),
    "a threshold for lists that leaves room for one": (
        f'{ORDINARY}[[elections]]\noffice = "board"\nrule = "dhondt"\namong = "lists"\nthreshold = "1"\n',
        "elections[1].threshold",
        "no list can pass this threshold",
    ),
    "a majority above the whole": (
        majority('denominator = "valid", fraction = "4/3", op = ">="'),
        "majority.recall.tests[1].fraction",
        "more than the whole",
    ),
    "more than all": (
        majority('denominator = "valid", fraction = "1", op = ">"'),
        "majority.recall.tests[1].op",
        "nobody can pass the whole",
    ),
    "bases that nobody counts": (
        majority('denominator = "units", fraction = "1/2", op = ">"'),
        "majority.recall.tests[1].denominator",
        "units are never counted",
    ),
    "those present at a consultation": (
        majority('denominator = "present", fraction = "1/2", op = ">"', kind="consultation"),
        "majority.consultation.tests[1].denominator",
        "who was present",
    ),
    "a tie decided twice": (
        majority('denominator = "valid", fraction = "1/2", op = ">"', 'tie = "lot"\ncasting_vote = "chair_on_tie"'),
        "majority.recall.casting_vote",
        "decided twice over",
    ),
    "no ordinary majority": ("", "majority", "most decisions would have no rule"),
    "a ballot for nothing": (ORDINARY + '[ballot]\nhuelga = "secret"\n', "ballot.huelga", "no decision is called"),
    "a notice for nothing": (ORDINARY + "[notice]\ndays = 2\n[notice.huelga]\n", "notice.huelga", "no decision"),
    "turnout above the whole": (ORDINARY + '[thresholds]\nturnout = "5/4"\n', "thresholds.turnout", "whole"),
    "coverage above the whole": (ORDINARY + '[thresholds]\ncoverage = "2"\n', "thresholds.coverage", "whole"),
    "one person shown alone": (ORDINARY + "[thresholds]\nsmall_cell = 1\n", "thresholds.small_cell", "single person"),
    "a recount for more than all": (
        ORDINARY + '[ballot]\nrecount_on_demand = "2"\n',
        "ballot.recount_on_demand",
        "whole",
    ),
    "an election nobody can pass": (ORDINARY + '[election]\nthreshold = "1"\n', "election.threshold", "no list"),
    "notice of no days": (ORDINARY + "[notice]\ndays = 0\n", "notice.days", "no notice"),
    "notice of a strike of no days": (
        ORDINARY + "[notice]\ndays = 2\n[notice.strike]\ndays = 0\n",
        "notice.strike.days",
        "no notice",
    ),
    "nobody seals": (ORDINARY + "[officers]\nseal = []\n", "officers.seal", "nobody seals"),
    "a stranger seals": (
        ORDINARY + '[officers]\nroles = ["chair"]\nseal = ["chair", "scribe"]\n',
        "officers.seal",
        '"scribe" seals the book',
    ),
    "nobody counts": (ORDINARY + "[officers]\ntellers = 0\n", "officers.tellers", "nobody counts"),
    "a recount after the ballots are gone": (
        ORDINARY + "[windows]\nchallenge = 3\nrecount = 5\n",
        "windows.recount",
        "destroyed",
    ),
    "bands out of order": (
        ORDINARY + "[delegates]\nbands = [{ up_to = 199, per = 50 }, { up_to = 100, per = 20 }, { per = 9 }]\n",
        "delegates.bands[2].up_to",
        "bands go upwards",
    ),
    "a band after the last": (
        ORDINARY + "[delegates]\nbands = [{ per = 50 }, { per = 20 }]\n",
        "delegates.bands[1]",
        "never reached",
    ),
    "fewer delegates for more members": (
        ORDINARY + "[delegates]\nbands = [{ up_to = 10, seats = 3 }, { seats = 2 }]\n",
        "delegates.bands[2].seats",
        "fewer delegates",
    ),
    "a cap of nothing": (ORDINARY + '[delegates]\ncap = "0"\n', "delegates.cap", "anybody"),
    "a cap above the congress": (ORDINARY + '[delegates]\ncap = "3/2"\n', "delegates.cap", "limits nothing"),
    "an imperative mandate at one's own judgement": (
        ORDINARY + '[delegates]\nmandate = "imperative"\nwithout_mandate = "judgement"\n',
        "delegates.without_mandate",
        "own judgement",
    ),
    "delegates without bands": (ORDINARY + '[roll_up]\nbinding = "delegate"\n', "roll_up.binding", "needs the bands"),
    "a double majority without the binding one": (
        ORDINARY + '[roll_up]\nbinding = "card"\ndouble = ["member", "unit"]\n',
        "roll_up.double",
        "not one of the two",
    ),
    "a stratum of no weight": (
        ORDINARY.replace("{ den", "{ weighted = true, den")
        + '[electorate]\nstrata = [{ name = "a", weight = "1" }, { name = "b", weight = "0" }]\n',
        "electorate.strata[2].weight",
        "weigh nothing",
    ),
}

REMARKS = {
    "a second call at once": (
        quorum(1, "1/2") + quorum(2, "1/5").replace("wait = 30", "wait = 0") + ORDINARY,
        "quorum[2].wait",
        "how many minutes",
    ),
    "more against than for": (
        majority('denominator = "for+against", fraction = "1/3", op = ">="'),
        "majority.recall.tests[1].fraction",
        "more votes against than for",
    ),
    "a single vote": (
        majority('denominator = "eligible", fraction = "0", op = ">"'),
        "majority.recall.tests[1].fraction",
        "a single vote passes",
    ),
    "no tie can arise": (
        majority('denominator = "valid", fraction = "2/3", op = ">="', 'casting_vote = "chair_on_tie"'),
        "majority.recall.casting_vote",
        "no tie can arise",
    ),
    "a secret casting vote": (
        majority(
            'denominator = "valid", fraction = "1/2", op = ">"',
            'casting_vote = "chair_on_tie"\n[ballot]\nrecall = "secret"',
        ),
        "majority.recall.casting_vote",
        "cannot be secret",
    ),
    "counted in nothing": (
        majority('denominator = "for+against", fraction = "1/2", op = ">"', 'abstain = "counted"'),
        "majority.recall",
        "changes nothing",
    ),
    "a kind mistyped": (
        majority('denominator = "valid", fraction = "1/2", op = ">"', kind="disolve"),
        "majority.disolve",
        'did you mean "dissolve"?',
    ),
    "one teller": (ORDINARY + "[officers]\ntellers = 1\n", "officers.tellers", "usually two"),
    "a review of what was valid": (
        ORDINARY + '[thresholds]\nturnout = "1/5"\nreview_below = "1/2"\n',
        "thresholds.review_below",
        "still call for a review",
    ),
    "members who add nothing": (
        ORDINARY + "[delegates]\nbands = [{ up_to = 199, per = 50 }]\n",
        "delegates.bands[1]",
        "above 199 add no delegate",
    ),
    "nobody from a small base": (ORDINARY + "[delegates]\nminimum = 0\n", "delegates.minimum", "send nobody"),
    "a cap for a large congress": (ORDINARY + '[delegates]\ncap = "1/100"\n', "delegates.cap", "at least 100 bases"),
    "excluded from nothing": (
        ORDINARY + '[electorate]\nexclusions = [{ who = "licencia", reason = "ley" }]\n',
        "electorate.exclusions",
        "nobody is taken out",
    ),
    "a stratum nobody counts": (
        ORDINARY + '[electorate]\nstrata = [{ name = "a", weight = "1" }]\n',
        "electorate.strata[1]",
        "no test counts",
    ),
}


@pytest.mark.parametrize(
    ("severity", "kind"), [("error", kind) for kind in ERRORS] + [("remark", kind) for kind in REMARKS]
)
def test_what_is_found_names_its_severity_its_place_and_its_line(severity, kind):
    text, place, words = (ERRORS if severity == "error" else REMARKS)[kind]
    if "[[quorum]]" not in text:
        text = text + QUORUM
    (found,) = review((HEAD + text).encode())
    assert (found.severity, found.place) == (severity, place)
    assert words in str(found.said)
    line = (HEAD + text).splitlines()[found.line - 1]
    key = place.split(".")[-1].split("[")[0]
    assert key in line or place in ("majority", "delegates.bands[1]", "notice.huelga.days")


def test_statutes_without_a_quorum_are_remarked_on():
    (found,) = review((HEAD + ORDINARY).encode())
    assert (found.severity, found.place, found.line) == ("remark", "quorum", 1)


def test_findings_come_in_the_order_of_the_text():
    text = HEAD + quorum(1, "1/3") + quorum(2, "3/2") + "[officers]\ntellers = 0\nseal = []\n"
    lines = [found.line for found in review(text.encode())]
    assert lines == sorted(lines)
    assert len(lines) == 5


def test_a_second_call_for_some_decisions_is_compared_with_the_first_for_all():
    text = quorum(1, "1/2") + quorum(2, "1/5") + quorum(2, "1/10", 'applies_to = ["dissolve"]') + ORDINARY
    assert review((HEAD + text).encode()) == ()
