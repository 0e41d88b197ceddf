"""Mail to members: off until an operator names a server. Every letter is sent once, or not at all.

    letters.py    what a letter is, and its bytes        outbox.py     its row in PostgreSQL, from state to state
    queueing.py   letters come in                        listing.py    what became of them; say one again, cancel one
    smtp.py       one letter over one connection         sending.py    the work beside requests
    calendar.py   meetings as iCalendar                  settings.py   what an operator decides
    people.py     where members are written to

A letter waits, is claimed (``sending``), and is ``handed`` to the server: that is committed before the line that ends
it is sent. So whatever is killed or cut off, a letter that is not ``handed`` has not been sent and is tried again; one
that is, and whose answer never came, is ``unknown`` and is never sent again unless somebody says so.
"""
