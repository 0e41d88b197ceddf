"""The API: everything below the pages, as handlers by area."""
