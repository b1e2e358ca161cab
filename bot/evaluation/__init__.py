"""How well the bot understands: measured on messages that it was not trained on."""
