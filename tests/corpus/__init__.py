"""Slow tests over real templates, which `make test-corpus` downloads."""
