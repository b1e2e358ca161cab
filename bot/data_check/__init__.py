"""What Rasa's own validation does not look at: faults of the training data and the lookups, one sentence each, with file and line."""
