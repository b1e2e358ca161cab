"""What is wrong with the training data, with file and line."""
