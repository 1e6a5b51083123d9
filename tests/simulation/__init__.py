"""Random stacks, updates, faults and crashes by seed, under virtual time; see `__main__`."""
