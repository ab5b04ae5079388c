"""The words by which pages call what the floors call by keys: states, levels, kinds, ways of adding up, roles.

A key that is not known here (a federation may name its own levels) is shown as it is.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Words = dict[str, Promise]

CONSULTATION_STATES: Words = {
    "drafted": _("drafted"),
    "opened": _("open"),
    "closed": _("closed, being counted"),
    "provisional": _("provisional result"),
    "certified": _("certified result"),
    "ratified": _("ratified result"),
    "archived": _("final result, archived"),
}

SHEET_STATES: Words = {
    "pending": _("missing"),
    "received": _("received"),
    "normal": _("counted"),
    "observed": _("held"),
    "resolved": _("counted, resolved"),
    "annulled": _("annulled"),
    "late": _("late"),
    "not_held": _("not held"),
}

STEPS: Words = {
    "pending": _("the sheet is awaited"),
    "received": _("the sheet came in"),
    "normal": _("counted"),
    "observed": _("held by a check"),
    "resolved": _("resolved and counted"),
    "annulled": _("annulled"),
    "late": _("came after the close"),
    "not_held": _("the assembly did not meet"),
}

LEVELS: Words = {
    "nation": pgettext_lazy("level", "nation"),
    "national": pgettext_lazy("level", "nation"),
    "country": pgettext_lazy("level", "country"),
    "region": pgettext_lazy("level", "region"),
    "department": pgettext_lazy("level", "department"),
    "province": pgettext_lazy("level", "province"),
    "district": pgettext_lazy("level", "district"),
    "zone": pgettext_lazy("level", "zone"),
    "sector": pgettext_lazy("level", "sector"),
    "unit": pgettext_lazy("level", "base"),
}

KINDS: Words = {
    "neighbourhood": _("neighbourhood"),
    "community": _("community"),
    "university": _("university"),
    "workplace": _("workplace"),
}

MODES: Words = {
    "member": _("One member, one vote"),
    "unit": _("One base, one vote"),
    "region": _("One region, one vote"),
    "card": _("Card vote: a base votes whole, with all its members"),
    "proportional": _("Each base divides its mandates in proportion"),
    "degressive": _("Degressive: large bases weigh less per member"),
    "delegate": _("By delegates"),
    "double": _("Double majority"),
    "double_majority": _("Double majority"),
    "double majority": _("Double majority"),
    "province": _("One province, one vote"),
}

ROLES: Words = {
    "chair": _("chair"),
    "secretary": _("secretary"),
    "teller": _("teller"),
    "treasurer": _("treasurer"),
    "delegate": _("delegate"),
    "observer": _("observer"),
    "witness": _("witness"),
}

TESTS: Words = {
    "for": _("Votes in favour"),
    "support": _("Votes in favour"),
    "majority": _("Votes in favour"),
    "turnout": _("Turnout"),
    "participation": _("Turnout"),
    "quorum": _("Quorum"),
    "approval": _("Approval by the whole roll"),
    "units": _("Bases in favour"),
    "regions": _("Regions in favour"),
    "coverage": _("Coverage"),
}

SEVERITIES: Words = {"breach": _("not sound"), "E": _("holds the sheet"), "W": _("look at it"), "info": _("note")}

_ALL = {
    "consultation": CONSULTATION_STATES,
    "sheet": SHEET_STATES,
    "step": STEPS,
    "level": LEVELS,
    "kind": KINDS,
    "mode": MODES,
    "role": ROLES,
    "test": TESTS,
    "severity": SEVERITIES,
}


def named(key: str, family: str) -> str:
    """The word for `key` in the present language.

    >>> named("an-own-level", "level")
    'an-own-level'
    """
    return str(_ALL[family].get(key, key))


def test_named(name: str) -> str:
    """A test's name; under a double majority it is "mode.test", and both are said."""
    mode, _dot, test = name.rpartition(".")
    return f"{named(mode, 'mode')}: {named(test, 'test')}" if mode else named(test, "test")
