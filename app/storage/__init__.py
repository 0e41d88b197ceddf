"""What the service keeps: tables, queries for pages, and the embedded PostgreSQL."""
