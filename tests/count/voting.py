"""Papers for the rules that elect one: written out in letters, or random; and what is asked of every rule."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import strategies as st

from tinkuy.count.lots import Hashed
from tinkuy.count.profile import Profile

Ranking = tuple[tuple[int, ...], ...]
Papers = list[tuple[Ranking, int]]

LOTS = Hashed("numbers drawn in public")

ORDERS = ("borda", "borda-tournament", "borda-modified", "dowdall", "anti-plurality", "bucklin", "plurality")
CONDORCET = (
    "schulze",
    "schulze-margins",
    "schulze-ratio",
    "schulze-losing",
    "ranked-pairs",
    "ranked-pairs-winning",
    "copeland",
    "copeland-second",
    "llull",
    "minimax",
    "minimax-margins",
    "smith-irv",
    "benham",
    "woodall",
)
SMITH = tuple(name for name in CONDORCET if not name.startswith("minimax"))
ON_RANKINGS = (*ORDERS, *CONDORCET, "minimax-opposition", "runoff")


def written(text: str, names: str = "") -> Profile:
    """A profile from lines such as `5 ACB` or `2 A=B C`: the weight, then letters from first to last."""
    words = [line.split(maxsplit=1) for line in text.strip().splitlines()]
    letters = names or "".join(sorted({letter for _, ranking in words for letter in ranking if letter.isalpha()}))
    rankings = []
    for weight, ranking in words:
        places: list[list[int]] = []
        equal = False
        for sign in ranking.replace(" ", ""):
            if sign == "=":
                equal = True
                continue
            if equal:
                places[-1].append(letters.index(sign))
            else:
                places.append([letters.index(sign)])
            equal = False
        rankings.append((places, int(weight)))
    return Profile.of(list(letters), rankings)


def profile_of(papers: Papers, candidates: int, order: Iterable[int] | None = None) -> Profile:
    """A profile from random papers; with `order`, the candidates numbered anew and their names with them."""
    new = list(order) if order is not None else list(range(candidates))
    names = [""] * candidates
    for old, number in enumerate(new):
        names[number] = f"c{old}"
    return Profile.of(
        names, [([[new[each] for each in place] for place in ranking], weight) for ranking, weight in papers]
    )


@st.composite
def rankings(draw: st.DrawFn, candidates: int, *, complete: bool = False, equals: bool = True) -> Ranking:
    """One ranking: some candidates in some order, neighbours joined here and there."""
    order = draw(st.permutations(range(candidates)))
    kept = candidates if complete else draw(st.integers(0, candidates))
    places: list[tuple[int, ...]] = []
    for each in order[:kept]:
        if equals and places and draw(st.integers(0, 4)) == 0:
            places[-1] += (each,)
        else:
            places.append((each,))
    return tuple(places)


@st.composite
def elections(
    draw: st.DrawFn, *, complete: bool = False, equals: bool = True, least: int = 2, most: int = 5
) -> tuple[Papers, int]:
    """Papers with their weights, and how many candidates stand."""
    candidates = draw(st.integers(least, most))
    ranking = rankings(candidates, complete=complete, equals=equals)
    return draw(st.lists(st.tuples(ranking, st.integers(1, 5)), min_size=1, max_size=7)), candidates


def ranks(ranking: Ranking, candidates: int) -> list[int]:
    """Each candidate's place, the unranked below all."""
    places = [candidates] * candidates
    for place, group in enumerate(ranking):
        for each in group:
            places[each] = place
    return places


def compared(papers: Papers, candidates: int) -> list[list[int]]:
    """How many papers rank a above b: counted paper by paper."""
    over = [[0] * candidates for _ in range(candidates)]
    for ranking, weight in papers:
        place = ranks(ranking, candidates)
        for one in range(candidates):
            for other in range(candidates):
                over[one][other] += weight * (place[one] < place[other])
    return over


def smith_set(over: list[list[int]]) -> set[int]:
    """The smallest group each of whom beats everybody outside: by trying groups from the smallest."""
    from itertools import combinations

    numbers = range(len(over))
    for size in range(1, len(over) + 1):
        for group in combinations(numbers, size):
            if all(over[one][other] > over[other][one] for one in group for other in numbers if other not in group):
                return set(group)
    raise AssertionError("the group of all always qualifies")
