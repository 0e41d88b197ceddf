"""How statements become entries: one lane per ledger, one transaction per batch, one guard outside the database."""
