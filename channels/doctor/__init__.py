"""`weijing doctor`: is everything there that an account needs, and if not, what mends it. It looks through HTTP, Redis, PostgreSQL and files only."""
