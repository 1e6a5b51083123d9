"""What lint found, in the forms that people and programs read. It finds nothing itself."""
