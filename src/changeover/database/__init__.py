"""PostgreSQL: embedded or by URL, its roles, its upgrades."""
