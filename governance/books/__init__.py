"""The books of deciding: rules below, proposals on them, ballots on those, and the counts on top."""
