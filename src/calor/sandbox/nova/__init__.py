"""The simulated Nova: servers and what surrounds them, with microversions.

Nothing runs in the servers. Ports come from the simulated Neutron, volumes from Cinder.
"""
