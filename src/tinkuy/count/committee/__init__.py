"""Committees and budgets from approvals: seats that share out, and money that is spent in equal shares."""
