"""Expressions of both languages, what a real Heat answers to each, and that Calor answers the same.

`corpus/` has the expressions, a file for each function; `make record-heat` asks a real Heat and
writes `recorded/`; `test_replay` asks Calor the same questions.
"""
