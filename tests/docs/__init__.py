"""Tests of what docs/ says: commands that work as written, periods and tests that are what the code says."""
