"""Papers on their way out: BLT, PrefLib and ABIF, each of which is read back as the same papers.

Guarantees that nothing that counts is lost: a format that has no place for something (PrefLib for who has withdrawn,
BLT without a number of seats) refuses it. Lines stand by how many papers they are, most first, then by what they say.

>>> profile = Profile.of(["Ana", "Beto"], [([1, 0], 3), ([[0, 1]], 1)], seats=1, title="Board")
>>> print(blt(profile).decode(), end="")
2 1
3 2 1 0
1 1=2 0
0
"Ana"
"Beto"
"Board"
"""

from __future__ import annotations

import json
from typing import Any

from tinkuy.count.errors import CountError
from tinkuy.count.profile import Profile, Scores
from tinkuy.count.registry import Papers
from tinkuy.words import say

Ranking = tuple[tuple[int, ...], ...]


def blt(profile: Profile) -> bytes:
    """The rankings as BLT. Raises `CountError` where seats are not known: BLT says how many there are."""
    if profile.seats is None:
        raise CountError(say("BLT says how many are elected: give the number of seats"))
    lines = [f"{len(profile.names)} {profile.seats}"]
    if profile.withdrawn:
        lines.append(" ".join(f"-{number + 1}" for number in sorted(profile.withdrawn)))
    for ranking, weight in _ordered(profile):
        places = ("=".join(str(number + 1) for number in place) for place in ranking)
        lines.append(" ".join([str(weight), *places, "0"]))
    lines.append("0")
    lines += [_quoted(name) for name in (*profile.names, profile.title)]
    return _text(lines)


def preflib(profile: Profile) -> bytes:
    """The rankings as PrefLib has them now; DATA TYPE says which of its four kinds they are.

    Raises `CountError` for withdrawn candidates, of whom PrefLib knows nothing.
    """
    if profile.withdrawn:
        raise CountError(
            say(
                "PrefLib has no place for candidates who have withdrawn: {names}",
                names=", ".join(profile.names[number] for number in sorted(profile.withdrawn)),
            )
        )
    orders = _ordered(profile)
    lines = [
        f"# TITLE: {profile.title}",
        f"# DATA TYPE: {preflib_kind(profile)}",
        f"# NUMBER ALTERNATIVES: {len(profile.names)}",
        f"# NUMBER VOTERS: {profile.papers}",
        f"# NUMBER UNIQUE ORDERS: {len(orders)}",
        *(f"# ALTERNATIVE NAME {number}: {name}" for number, name in enumerate(profile.names, 1)),
    ]
    for ranking, weight in orders:
        places = (",".join(str(number + 1) for number in place) for place in ranking)
        written = (f"{{{place}}}" if len(shared) > 1 else place for place, shared in zip(places, ranking, strict=True))
        lines.append(f"{weight}: {','.join(written)}".rstrip())
    return _text(lines)


def preflib_kind(profile: Profile) -> str:
    """Which of PrefLib's kinds rankings are: strict or with ties ("s", "t"), complete or not ("c", "i")."""
    complete = all(sum(map(len, ranking)) == len(profile.names) for ranking, _ in profile.rankings())
    return f"{'s' if profile.joined is None else 't'}o{'c' if complete else 'i'}"


def abif(papers: Profile | Scores) -> bytes:
    """Rankings or scores as ABIF, with candidates declared in their order.

    Raises `CountError` for a name that ABIF cannot hold, between brackets or quotation marks.
    """
    facts: dict[str, Any] = {"title": papers.title, "seats": papers.seats}
    facts["withdrawn"] = [papers.names[number] for number in sorted(papers.withdrawn)]
    if isinstance(papers, Scores):
        facts["max_rating"] = papers.most
    lines = [json.dumps({name: value}, ensure_ascii=False) for name, value in facts.items() if value]
    lines += [f"=c{number}: {_called(name)}" for number, name in enumerate(papers.names, 1)]
    if isinstance(papers, Profile):
        for ranking, weight in _ordered(papers):
            places = ("=".join(f"c{number + 1}" for number in place) for place in ranking)
            lines.append(f"{weight}: {' > '.join(places)}".rstrip())
    else:
        lines += _scored(papers)
    return _text(lines)


def _scored(papers: Scores) -> list[str]:
    lines = []
    for scores, given, weight in zip(
        papers.scores.tolist(), papers.given.tolist(), papers.weights.tolist(), strict=True
    ):
        ratings = (
            f"c{number}/{score}"
            for number, (score, is_given) in enumerate(zip(scores, given, strict=True), 1)
            if is_given
        )
        lines.append(f"{weight}: {', '.join(ratings)}".rstrip())
    return lines


def _ordered(profile: Profile) -> list[tuple[Ranking, int]]:
    return sorted(profile.rankings(), key=lambda paper: (-paper[1], paper[0]))


def _quoted(name: str) -> str:
    """A name between quotation marks, with a backslash before those inside it."""
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _called(name: str) -> str:
    if "]" not in name:
        return f"[{name}]"
    if '"' not in name:
        return f'"{name}"'
    raise CountError(say("ABIF cannot hold the name {name}: it has a bracket and a quotation mark", name=name))


def _text(lines: list[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()


def written(papers: Papers, form: str) -> bytes:
    """Papers in the format of this name: "blt", "preflib" or "abif".

    Raises `CountError` for another name, for papers of a kind that the format does not hold, and as its writer does.
    """
    if form == "abif" and isinstance(papers, Profile | Scores):
        return abif(papers)
    if form not in ("blt", "preflib", "abif"):
        raise CountError(say("papers are written as blt, preflib or abif, not as {form}", form=form))
    if not isinstance(papers, Profile):
        raise CountError(say("{form} holds rankings, and these papers are none", form=form))
    return blt(papers) if form == "blt" else preflib(papers)
