"""Kills a real server with `kill -9` at random moments; see `__main__`."""
