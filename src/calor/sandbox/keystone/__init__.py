"""The simulated Keystone: tokens, catalog, projects, users, roles, trusts.

It knows no other service.
"""
