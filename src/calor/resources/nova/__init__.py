"""Types of Nova. `TYPES` says which file holds which."""

TYPES = {
    "OS::Nova::Flavor": "flavor",
    "OS::Nova::KeyPair": "key_pair",
    "OS::Nova::Server": "server",
    "OS::Nova::ServerGroup": "server_group",
}
