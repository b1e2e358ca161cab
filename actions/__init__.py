"""What the bot does when a rule calls for it: one file a topic. `client.py` alone speaks HTTP to the backend; what the bot says stands in domain.yml."""
