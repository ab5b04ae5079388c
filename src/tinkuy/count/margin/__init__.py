"""How many papers would have to change to alter the winners: lower bounds, each with why it holds."""
