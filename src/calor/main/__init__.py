"""Floor 7: the programs, one file each; the only place where parts are put together.

- `calor`: the command line. `calor_api`, `calor_engine`: a server's two halves.
- `assemble.House`: store, cloud, bus, service, engine and API of one process.
- `local`, `remote`: a client of a Calor in this process, or elsewhere. `serve`: all in one.
- `sandbox`, `serving`, `registering`, `locks`, `logs`, `statistics`: what the programs share.

Modules are imported inside functions here, so that `calor --help` starts quickly.
"""
