"""The demonstration: its invented plan and visits, and loading it."""
