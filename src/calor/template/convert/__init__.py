"""A template of CloudFormation in the words of HOT, as far as HOT has words for it.

- `to_hot.to_hot(loaded) -> Converted(document, diagnostics)`: the document is plain data, in the
  order in which it is written; what HOT can't say is left out of it and told.
- `text.written(converted, template, diagnostics) -> str`: the same as text, with the comments.
"""
