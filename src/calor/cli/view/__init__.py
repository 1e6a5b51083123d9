"""How things look on a terminal and in a pipe. Pure but for `live`, which draws.

- `values`: one value, short; `tables`: rows in the formats that OpenStack users expect.
- `plan`, `tree`, `event`: lines of text; `live`: the view that moves.
"""
