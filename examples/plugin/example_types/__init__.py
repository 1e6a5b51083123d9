"""Resource types of ours; each is an entry point of the group `calor.resources`."""
