"""Drawings of resources and what they need, in four languages. Pure: data in, text out.

- `diagram.Diagram`: what is drawn; `layers.lay_out`: where each box stands.
- `text`, `dot`, `mermaid`, `svg`: one function each, `draw(diagram) -> str`.
"""
