"""How members decide: rules composed of modules, proposals, ballots, counts and what follows from them.

Imports only ``ledger``. Pure like it: state, time and electorate are arguments.
"""
