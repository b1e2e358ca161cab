"""The way in: login, second factor, own password and sessions."""
