"""What the bureau says to everybody: notices, surveys, answers to letters and bad ratings, service items on and off, and the desk's hours."""
