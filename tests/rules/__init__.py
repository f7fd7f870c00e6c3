"""The pure rules, each under three time zones of the process where time is involved."""
