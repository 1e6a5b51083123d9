"""The contract and the scenarios on a real cloud, and what only a real cloud can show.

`make test-openstack CLOUD=... ADMIN=...` runs it. The suites themselves stand in `contract/` and
`scenarios/`; here is what they need there: a world of real processes, time and HTTP, troubles made
around the transport, and the taking away of whatever was made.
"""
