"""The administrator's pages: people, units, canned answers."""
