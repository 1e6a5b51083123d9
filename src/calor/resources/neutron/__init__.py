"""Types of Neutron. `TYPES` says which file holds which."""

TYPES = {
    "OS::Neutron::FloatingIP": "floating_ip",
    "OS::Neutron::FloatingIPAssociation": "floating_ip_association",
    "OS::Neutron::Net": "net",
    "OS::Neutron::Port": "port",
    "OS::Neutron::Router": "router",
    "OS::Neutron::RouterInterface": "router_interface",
    "OS::Neutron::SecurityGroup": "security_group",
    "OS::Neutron::SecurityGroupRule": "security_group_rule",
    "OS::Neutron::Subnet": "subnet",
}
