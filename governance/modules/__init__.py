"""What a rule is composed of: one folder per question, one small file per answer.

A module's name carries its version (``fraction/1``). A published module is never edited: a change is
``fraction/2``, so that old decisions recount the same for ever.
"""
