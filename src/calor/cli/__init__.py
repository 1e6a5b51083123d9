"""Floor 6: the command line. It speaks the REST API through `client`, in every mode.

It opens no database and no socket of its own: what runs behind it, `main` hands in as `Programs`
(see `programs`). Reading templates (lint, graph) goes through `template` and `planning` directly.

- `root.cli`: the click group; each command is imported when it is called.
- `commands/`: one command a file: what it takes, what it asks, what it prints.
- `view/`: plans, tables, trees and progress as text; `graph/`: drawings. Both are pure.
- `inputs`: what a command line says of a stack; `where`: which Calor is meant; `watch`, `picture`:
  following a stack; `compose`: a template understood without a server.
"""
