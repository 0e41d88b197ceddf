"""Checkpoints of this installation's ledgers written on a public chain (``contracts/``): off until configured.

    settings.py   what an operator decides        store.py     batches under way, in PostgreSQL
    sending.py    the work beside requests        due.py       what is to be anchored, and what has been, as entries
    standing.py   how it stands, for pages

Only ``sending.py`` loads ``contracts``, and only once it anchors.
"""
