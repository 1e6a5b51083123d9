"""The implementations of `base.wire.Transport`: over HTTP, to an ASGI application in process, and
to a function in simulation. They carry requests and know nothing of what is in them.

- `http.HttpTransport(verify=True, certificate=None)`
- `asgi.AsgiTransport(app)`
- `function.FunctionTransport(exchange, clock)`
"""
