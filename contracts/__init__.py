"""Anchors on a public chain: the contract, and what sends and checks them. Only here Ethereum's libraries are loaded.

One of these raises Python's recursion limit to where deep JSON would exhaust the stack before the limit is reached, and
the process would die of one request. It does so once, when it is first loaded: so it is loaded here, and the limit set
back.
"""

import sys

_LIMIT = sys.getrecursionlimit()

import py_ecc  # noqa: E402, F401

sys.setrecursionlimit(_LIMIT)
