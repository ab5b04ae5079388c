"""The single transferable vote, and instant runoff: one engine, and rules that are its choices.

choices      what sets two laws apart            count        stage after stage
papers       piles of papers and their pointers  ledger       who holds what, and what is told
transfer     surpluses and exclusions            seats, ties  who is elected, and who comes first
gregory, senate, irish, irv  rules by papers' values    meek, nz  rules by keep values
"""
