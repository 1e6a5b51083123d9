"""The simulated Glance: images, with their bytes when somebody sends some.

It converts nothing.
"""
