"""The bus: wakes and tells, behind the `Bus` port. It carries hints, never calls, never truth.

- `local.LocalBus`: inside one process.
"""
