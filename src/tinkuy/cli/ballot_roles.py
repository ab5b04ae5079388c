"""What `tinkuy ballot --help` tells each role: in one sentence, which the list shows; then how, and what is next.

Guarantees that somebody who has only the program can hold an election by the help of its commands, in order.
"""

from __future__ import annotations

from tinkuy.words import say

BALLOT = say(
    "Elections by secret ballot that anyone can verify: one command a role.\n\n"
    "In order: credentials, key (or ceremony), setup, cards; each voter questions, vote; then box, tally; decrypt, "
    "result; and at any time verify. No two roles on one machine. See a whole election played: "
    "tinkuy ballot demo --out played"
)
CREDENTIALS = say(
    "Committee: a credential for each voter.\n\n"
    "The list is a CSV without headings: a name a line, then a weight where it is not 1. Writes cards.csv, secret, and "
    "public_creds.json, for the organiser; says the election's identifier, which setup asks for."
)
CARDS = say(
    "Committee: the credentials on paper, to cut and hand out.\n\n"
    "After setup: eight cards on a page of A4, each with its QR code. The PDF is as secret as cards.csv: print it on "
    "no shared machine, and destroy both when the cards are handed out."
)
KEY = say(
    "Trustee: a private key, and a public one for the organiser.\n\n"
    "Keep trustee.privkey, hand over trustee.pubkey. Every trustee with such a key must decrypt; for a key of which "
    "some of them are enough, see ceremony."
)
SETUP = say(
    "Organiser: the election, in one public archive.\n\n"
    "The template is JSON, with a question for each that is asked:\n\n"
    '{{"name": "Committee", "description": "", "questions": [{{"answers": ["Yes", "No"], "blank": true, "min": 1, '
    '"max": 1, "question": "Shall we strike?"}}]}}\n\n'
    "A ranking is asked as "
    '{{"type": "NonHomomorphic", "value": {{"answers": ["Ana", "Rosa"], "question": "Who first?"}}}}. '
    "Give --trustee once for each trustee's public key, or the threshold.json of a ceremony."
)
QUESTIONS = say("Voter: what is asked, and the numbers of the answers.")
VOTE = say(
    "Voter: a ballot, in a file; nothing is sent.\n\n"
    "Give --answer once a question, in their order: 1 or 1,3 for the answers marked, blank, or none; of a ranking a "
    "number for each answer, as 2,1,3. Hand the file to the ballot box, and keep the tracking number. Vote again if "
    "you like: the last ballot counts."
)
OPEN = say(
    "Voter: see what a ballot says, before you trust it.\n\n"
    "With what vote --opening wrote. An opened ballot shows a choice: make another, and cast that one."
)
BOX = say(
    "Ballot box: take ballots, each checked.\n\n"
    "Each is appended to the archive; the first that is refused ends the command, with those before it in the box."
)
TALLY = say(
    "Ballot box: close it, and add its ballots up unopened.\n\n"
    "No ballot is taken any more. Trustees decrypt next; where something is ranked, they shuffle first."
)
DECRYPT = say(
    "Trustee: a share of the tally.\n\n"
    "Everything in the archive is verified before. Hand the share to the organiser, with your number. A base with few "
    "voters is not decrypted alone: see rollup."
)
SHUFFLE = say(
    "Trustee: shuffle the rankings, one trustee after another.\n\n"
    "So that nobody knows whose each is. Hand the shuffle to the organiser, who takes it with result "
    "--shuffle, and --more as long as another trustee is to shuffle after you."
)
RESULT = say(
    "Organiser: take shuffles and shares, and give the result.\n\n"
    "As 2=FILE, with the trustee's number; give all shares together, as many as are enough."
)
VERIFY = say(
    "Anybody: check everything in an archive.\n\n"
    "Exit code 0: all that is there holds, finished or not. 1: something does not. 2: it is no archive."
)
DEMO = say("Play a whole election by secret ballot, each step said.")

CEREMONY = say(
    "Trustees: a key of which some of them are enough.\n\n"
    "One folder goes round, on a stick or by messenger. In order: each trustee certificate; each trustee deal; the "
    "organiser route; each trustee accept; the organiser conclude, and then ballot setup --trustee "
    "FOLDER/threshold.json. For the tally: private, then ballot decrypt."
)

ROLLUP = say(
    "Small bases: their boxes are added up unopened, up a tree.\n\n"
    "Each base holds its election with the same questions and the same trustees, up to tally; nobody decrypts it. In "
    "order: plan, decrypt by each trustee, result; and at any time verify. Only sums of so many voters are opened that "
    "neither they nor their differences show fewer than the smallest cell."
)
PLAN = say(
    "Organiser: what is added up, and what of it is opened.\n\n"
    "The tree is a CSV without headings: a node, the node above it, and of a base the identifier of its box.\n\n"
    "\b\nPuno,,\nLampa,Puno,\nBase 7,Lampa,7MrKZ3nCVT4eUW"
)
ROLLUP_DECRYPT = say(
    "Trustee: a share of every sum that is opened.\n\n"
    "Every box is verified before. The record keeps what you opened: with it, no two roll-ups together show what "
    "neither shows. Hand the share to the organiser; keep the record beside your key."
)
ROLLUP_RESULT = say(
    "Organiser: take shares, and give the figures.\n\n"
    "As many as are given; what is missing is said, and the figures come with the last that is needed."
)
ROLLUP_VERIFY = say(
    "Anybody: recompute everything from the boxes.\n\n"
    "Exit code 0: all that is there holds, finished or not. 1: something does not. 2: it is no roll-up."
)
