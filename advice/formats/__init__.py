"""What leaves the program: calendars (ical), opening hours as JSON, the programme file. No requests."""
