"""A simulated OpenStack: Keystone, Nova, Neutron, Cinder, Glance, Zaqar with real status machines.

It knows nothing of Calor but `base`, and holds neither tasks nor threads: time comes with each
request, HTTP is a thin shell.
"""
