"""Whole stories in Chromium against the program as a real process."""
