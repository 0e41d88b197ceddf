"""``python -m benchmarks.profiled FILE COMMAND …``: a ``yui`` command under cProfile.

Counted is the main thread's processor time, which a busy machine does not stretch, from the first SIGUSR1 on, so that
starting and warming up stay outside.
"""

from __future__ import annotations

import cProfile
import signal
import sys
import time

from app.cli.main import main

if __name__ == "__main__":
    profile = cProfile.Profile(time.thread_time)
    signal.signal(signal.SIGUSR1, lambda _number, _frame: profile.enable())
    try:
        status = main(sys.argv[2:])
    finally:
        profile.disable()
        profile.dump_stats(sys.argv[1])
    sys.exit(status)
