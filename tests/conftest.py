"""Fixtures: the databases and brokers a test runs on, and the clock."""
