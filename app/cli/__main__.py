"""``python -m app.cli``: what ``./yui`` hands over to."""

import sys

from app.cli.main import main

if __name__ == "__main__":
    try:
        status = main(sys.argv[1:])
    except KeyboardInterrupt:
        status = 130  # what a shell reports for Ctrl-C
    sys.exit(status)
