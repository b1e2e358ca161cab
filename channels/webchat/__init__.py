"""The web chat for the bureau's own site: a script tag, a page in an iframe, and the same inbox, turns and outbox as every channel."""
