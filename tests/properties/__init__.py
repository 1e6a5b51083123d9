"""Laws that hold for whatever is written: random expressions, and texts broken at random.

`make test` looks at some hundred examples of each, `make fuzz EXAMPLES=...` at as many as one
has time for.
"""
