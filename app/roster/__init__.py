"""A roster comes in from a file: bytes → text → table → columns → one fate for every line → statements to sign.

``decoding`` → ``table`` → ``columns`` → ``plan``, each pure and each refusing in words (``Fault``). What people typed
is kept as typed; it is only *compared* in other forms (``forms``). ``store`` keeps an import on its way, sealed.
"""
