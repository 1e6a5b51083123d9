"""The editor's server: templates and environments through the Language Server Protocol.

Problems are what `calor lint` finds. Everything else (completion, hover, definitions, names,
outline) is answered from a tolerant reading of the text, so that it works while somebody types and
the text is not well-formed. It opens no socket, asks no cloud, and writes no file.
"""
