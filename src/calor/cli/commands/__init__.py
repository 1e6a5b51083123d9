"""One command a file: what it takes, what it asks of a Calor, what it prints."""
