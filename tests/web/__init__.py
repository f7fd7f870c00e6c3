"""Screens and feeds through a client that checks every page it gets; SQLite unless marked `both_engines`."""
