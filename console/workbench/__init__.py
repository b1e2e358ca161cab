"""The trainer's workbench: from a wrong answer to better data, each accepted change a commit."""
