"""The auditor's pages: who read or did what, one person's day, one object's history, and whether the trail is whole."""
