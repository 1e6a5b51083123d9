"""Floor 6: the APIs, one package each. Of ours they import `service`, `model` and `base` alone."""
