"""The books of what members are, give and share. Lower books never import higher ones: members and
roles stand at the bottom, tokens on them, bookings on tokens.
"""
