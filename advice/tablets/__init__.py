"""Shared tablets: one device in a house, several advisers.

`/tablet/tilmeld`           leaders    enrol this device for a place, once; the leader is logged out there
`/tablet`                   anyone     the tiles of those on duty today, and of the others; elsewhere how to enrol
`/tablet/<person>`          tablet     her PIN, once a day; then, and with a tap after that, she is in (/i-dag)
`/tablet/vaeg`              tablet     a screen on the wall: who is here and until when; `?sted=alle` every place
`POST …/fremmoede`          tablet     Mødt or Gået on the tile of somebody who has shown her PIN here today
`POST /tablet/skift`        tablet     back to the tiles: another adviser's turn, or the lock after idle minutes
`/indstillinger/tablets`    leaders    each tablet, its last contact, and the end of its enrolment (`/<tablet>/afslut`)

The cookie of a tablet alone opens the tiles and nothing else. A PIN opens what rules/access.py says (BY_PIN), on the
tablet it was typed on, until the day ends or nobody has touched it for its idle minutes. Nothing here is about
residents.
"""
