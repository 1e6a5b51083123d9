"""The canonical layout of a template or an environment. The meaning and all comments stay.

- `layout.lay_out(source) -> LaidOut(text, diagnostics)`: `text` is None where the source can't be
  read; it is the source's own where only its author can lay it out.
"""
