"""Floor 4: the resource types, one type one file, a folder a service; found through `registry`.

Types are stateless declarations over `base`; they know the `Cloud` port and no HTTP, no SQL, no
engine.
"""
