"""Meetings as they are read: the list, the agenda, who is there and how far that is from a quorum."""
