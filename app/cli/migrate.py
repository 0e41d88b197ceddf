"""``yui migrate``: bring the database to this version's schema, without serving. ``yui serve`` does it by itself."""

import argparse

from app.cli import places


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where the data lies."""
    places.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Migrate; 2 where it can't be done."""
    from app.cli import runtime
    from app.cli.failures import say
    from app.cli.serve import show

    async def main() -> None:
        async with runtime.database(places.places(args), show):
            print(*say("migrated"), sep="\n", flush=True)

    return runtime.run(main)
