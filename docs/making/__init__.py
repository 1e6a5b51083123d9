"""What `make_reference` is made of."""
