"""One suite for every registered type, on a sandbox in process or on a real cloud.

What is tested of a type stands in `examples/`, a file a type; the tests know no type.
"""
