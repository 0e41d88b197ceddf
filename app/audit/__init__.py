"""Around the auditor: where copies come from, SQLite, all cores, words. Only the standard library and ``ledger``."""
