"""Calendars and open data for other people's programs.

- `/kalender/<token>.ics`: a person's own shifts in every programme, for whoever holds the address. She makes,
  replaces and closes it on `/mine-vagter` (actions/feeds.py). Nothing about residents; nothing else opens with it.
- `/<programme>/aabningstider.ics`, `/<programme>/<place>/aabningstider.ics`: the openings, for anyone.
- `/<programme>/aabningstider.json`: the openings of the next 60 days, closed ones too, for anyone.

views.py answers requests, items.py puts rows into words. How a calendar is written is formats/ical.py, the
JSON formats/hours_json.py, and the questions are models/feeds.py.

Every answer has an ETag made from a few aggregates of what it would show (one query), so that a program that
asks each hour costs next to nothing; no clock decides whether an answer is fresh. A feed reaches 30 days back.
What was cancelled stays 30 days as cancelled, because programs forget an event that just vanishes in ways of
their own, and then goes.
"""
