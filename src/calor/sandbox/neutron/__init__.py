"""The simulated Neutron: networks, addresses, ports, routers, floating IPs, security groups.

It has no data plane, and knows no other service but Keystone's projects at the start.
"""
