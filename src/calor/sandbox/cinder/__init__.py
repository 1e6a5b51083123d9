"""The simulated Cinder: volumes, snapshots, backups, types, attachments.

There are no bytes.
"""
