"""Templates in, events and cloud contents out: a whole Calor on a sandbox, under virtual time."""
