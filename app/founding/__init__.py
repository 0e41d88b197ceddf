"""Founding a co-op: the six questions, the stored draft that founders join, and the genesis made from it."""
