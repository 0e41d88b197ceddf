"""The commons as pages read it: work, tokens, things and bookings. Nothing here writes."""
