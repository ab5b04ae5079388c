"""Rules that compare each candidate with each: the matrix of preferences, and what each rule makes of it."""
