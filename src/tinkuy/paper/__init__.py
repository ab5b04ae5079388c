"""Paper: what a body prints, and what can be proven again from a photograph of it (actas impresas).

Guarantees that a printed sheet carries its own signed entry and proof, that the same sheet prints to the same bytes,
and that what is read back from paper is either verified or said to be unverified, never guessed.

    payload   entry, proof and signatures as the text of two QR codes      layout   where every figure stands
    sheet     a tally sheet as it is printed: A4                           page     texts, lines and codes on paper
    slip      the same on a 58 mm roll, and as plain text                  press    a page as PDF or picture
    photo     the codes in a photograph                                    proving  what a scanned sheet proves
    figures   the printed digits against those that were signed

Source: federation.md, "Travelling without a network"; practice.md, "The acta".
"""
