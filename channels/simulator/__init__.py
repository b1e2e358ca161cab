"""A WeChat to develop against: a phone in the browser or the terminal, real encrypted pushes, and the platform's API."""
