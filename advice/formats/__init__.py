"""What leaves the program. No requests.

Opening hours: as calendars (ical), as JSON of our own (hours_json), for search engines (jsonld), for maps (osm), for
directories of services (hsds). And mails, and the programme file.
"""
