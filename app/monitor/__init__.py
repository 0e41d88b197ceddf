"""``yui monitor``: many ledgers verified for ever, each from where it was left, and people told when one is not right.

targets     which ledgers: addresses, and what installations there show
look        one look at one ledger, in a thread: what is new is fetched and verified, and held against what was kept
alarms      what a look comes to, and what of that is news
memory      what survives: alarms under way, and the outbox of what must be told
webhooks    telling it: signed, in order, again and again until somebody has heard
metrics     numbers for Prometheus
watch       the loop around all of them
"""
