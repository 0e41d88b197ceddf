"""Backtests of draft rules: run over a ledger, kept, and told on pages and by ``yui backtest``."""
