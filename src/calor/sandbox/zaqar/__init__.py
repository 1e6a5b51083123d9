"""The simulated Zaqar: queues, messages that age, and claims on them.

It has no subscriptions, topics or signed URLs, and notifies nobody.
"""
