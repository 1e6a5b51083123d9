"""Heat's own types. `TYPES` says which file holds which."""

TYPES = {
    "OS::Heat::Delay": "delay",
    "OS::Heat::None": "none",
    "OS::Heat::RandomString": "random_string",
    "OS::Heat::ResourceGroup": "resource_group",
    "OS::Heat::Stack": "stack",
    "OS::Heat::TestResource": "test_resource",
    "OS::Heat::Value": "value",
}
