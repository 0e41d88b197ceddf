"""How things are recorded and proven: bytes, signatures, the tree, the fold, and the books.

Pure: nothing here does I/O or reads a clock, randomness or the environment.
"""
