"""The store: SQL behind the ports `Reads`, `Operations`, `Leases`, `Journal`, `Trusts`,
`Deliveries` and `Secrets`.

It keeps what must survive, and fences who may write; it decides nothing about stacks, and knows
no cloud, no bus but the port, no time but the clock that it is given.

The public API:

- `open.open_store(url, ...) -> Store`: brings the schema up to date, and opens all ports.
- `open.Store`: `reads`, `operations`, `leases`, `journal`, `trusts`, `deliveries`,
  `close()`.
- `database.open_database(url, clock=..., trace=...) -> Database`: what several `Store`s of one
  process (or of one simulation) may share; `open.store_on(database, ...)` opens one on it.
- `secrets.FernetSecrets(keys)`, `secrets.load_keys(folder)`: the `Secrets` port.
- `migrate.upgrade(engine)`: the schema.

Inside: `schema` and `migrations` (tables), `dialect` (all that differs between databases),
`statements` (multi-row SQL), `codec`, `rows` and `definitions` (nouns to rows and back), `writer`
(group commit), `group` (one transaction), `members`, `accept`, `clear` and `trusts` (what can be in
it), `sharing` and `reservations` (exports and imports within it), `sinks` (where events go),
`ports` (`Operations`, `Leases`, `Journal`), `deliveries` and `claimant` (what a process takes for
a time), `loads`, `reads` and `filters` (questions).
"""
