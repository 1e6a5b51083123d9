"""Types of Keystone. `TYPES` says which file holds which."""

TYPES = {
    "OS::Keystone::Project": "project",
    "OS::Keystone::Role": "role",
    "OS::Keystone::User": "user",
}
