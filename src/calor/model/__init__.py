"""Floor 3: the nouns, frozen, and the ports behind which effects live.

It describes; it computes nothing and touches nothing.
"""
