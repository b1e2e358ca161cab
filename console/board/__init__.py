"""The supervisor's board: what happens now, what happened, and what is overdue."""
