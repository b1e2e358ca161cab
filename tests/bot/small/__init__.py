"""A small bot with a form, digressions and resets, on which ours and stock Rasa are compared turn by turn."""
