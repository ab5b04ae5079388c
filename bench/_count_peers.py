"""One peer of the bench of counting, in the peers' environment: `_count_peers.py PROGRAM RULE FILE SEATS`.

Prints the seconds from the file to the winners, the winners, and the most bytes that the process held. Identical lines
are collapsed before anything is parsed, for every program that knows weights: none reads a BLT file as fast itself.
"""

from __future__ import annotations

import json
import resource
import sys
import time
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

warnings.simplefilter("ignore")
Papers = list[tuple[int, list[int]]]


def read(file: Path) -> tuple[int, Papers]:
    """How many candidates, and each distinct paper: how many there are, and its ranking from 0."""
    head, *lines = file.read_text(encoding="utf-8").splitlines()
    candidates = int(head.split()[0])
    counted = Counter(lines[: lines.index("0")])
    return candidates, [(n, [int(word) - 1 for word in line.split()[1:-1]]) for line, n in counted.items()]


def votekit(rule: str, candidates: int, papers: Papers, seats: int) -> list[int]:
    import pandas as pd
    from votekit import RankProfile
    from votekit.elections import IRV, STV, Schulze

    longest = max(len(ranking) for _, ranking in papers)
    none = frozenset("~")
    sets = [frozenset({str(one)}) for one in range(candidates)]
    frame = pd.DataFrame(
        [
            [sets[one] for one in ranking] + [none] * (longest - len(ranking)) + [frozenset(), float(weight)]
            for weight, ranking in papers
        ],
        columns=[*(f"Ranking_{place}" for place in range(1, longest + 1)), "Voter Set", "Weight"],
    )
    frame.index.name = "Ballot Index"
    profile = RankProfile(df=frame, candidates=[str(one) for one in range(candidates)], max_ranking_length=longest)
    election: Any
    if rule == "irv":
        election = IRV(profile, tiebreak="random", rng_seed=1)
    elif rule == "scotland":
        election = STV(profile, n_seats=seats, tiebreak="random", rng_seed=1)
    else:
        election = Schulze(profile, n_seats=1)
    return sorted(int(one) for group in election.get_elected() for one in group)


def pyrankvote(rule: str, candidates: int, papers: Papers, seats: int) -> list[int]:
    import pyrankvote as program

    standing = [program.Candidate(str(one)) for one in range(candidates)]
    ballots = [
        program.Ballot(ranked_candidates=[standing[one] for one in ranking])
        for weight, ranking in papers
        for _ in range(weight)
    ]
    if rule == "irv":
        return [int(one.name) for one in program.instant_runoff_voting(standing, ballots).get_winners()]
    found = program.single_transferable_vote(standing, ballots, number_of_seats=seats)
    return sorted(int(one.name) for one in found.get_winners())


def pref_voting(rule: str, candidates: int, papers: Papers, seats: int) -> list[int]:
    from pref_voting.margin_based_methods import beat_path
    from pref_voting.profiles import Profile
    from pref_voting.profiles_with_ties import ProfileWithTies

    weights = [weight for weight, _ in papers]
    profile: Any
    if all(len(ranking) == candidates for _, ranking in papers):
        profile = Profile([ranking for _, ranking in papers], rcounts=weights)
    else:
        maps = [{one: rank for rank, one in enumerate(ranking)} for _, ranking in papers]
        profile = ProfileWithTies(maps, rcounts=weights, candidates=list(range(candidates)))
        profile.use_extended_strict_preference()
    return [int(one) for one in beat_path(profile)]


def votelib(rule: str, candidates: int, papers: Papers, seats: int) -> list[int]:
    import votelib.convert
    import votelib.evaluate.condorcet

    votes = {tuple(ranking): weight for weight, ranking in papers}
    pairs = votelib.convert.RankedToCondorcetVotes().convert(votes)
    return [int(one) for one in votelib.evaluate.condorcet.Schulze().evaluate(pairs, 1)]


def abcvoting(file: Path, seats: int) -> list[int]:
    from abcvoting import abcrules
    from abcvoting.preferences import Profile

    lines = file.read_text(encoding="utf-8").splitlines()
    profile = Profile(1 + max(int(word) for line in lines for word in line.split()))
    profile.add_voters([[int(word) for word in line.split()] for line in lines])
    found = abcrules.compute("equal-shares", profile, seats, algorithm="standard-fractions", resolute=True)
    return sorted(int(one) for one in found[0])


PROGRAMS = {"VoteKit": votekit, "pyrankvote": pyrankvote, "pref-voting": pref_voting, "votelib": votelib}
IMPORTS = {
    "VoteKit": "votekit.elections",
    "pyrankvote": "pyrankvote",
    "pref-voting": "pref_voting.margin_based_methods",
    "votelib": "votelib.evaluate.condorcet",
    "abcvoting": "abcvoting.abcrules",
}


def main(program: str, rule: str, file: Path, seats: int) -> None:
    """Count, and say how long it took."""
    __import__(IMPORTS[program])  # to import is not to count
    if program in PROGRAMS:
        candidates, papers = read(file)
        PROGRAMS[program](rule, candidates, papers[:500], seats)  # nor is to compile oneself
    start = time.perf_counter()
    winners = abcvoting(file, seats) if program == "abcvoting" else PROGRAMS[program](rule, *read(file), seats)
    seconds = time.perf_counter() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"seconds": seconds, "winners": winners, "memory": memory}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]))
