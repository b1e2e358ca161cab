"""The Rasa room: graph components, the turn, and the workers that run it."""
