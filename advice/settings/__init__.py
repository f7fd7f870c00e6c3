"""Indstillinger: what coordinators and team leaders keep in order.

`/indstillinger`            what there is, for those who may
`/indstillinger/personer`   people and memberships: invite, another role, end, shut out and let in, log out everywhere
`/indstillinger/<section>`  everything that a programme file holds: a list a section, and one form for a row of any
`/indstillinger/luk`        the programme's last day, and taking it back
`/indstillinger/udbakke`    mails that have not been sent
`/indstillinger/log`        the audit of the own organisation

A coordinator manages the people of her programme. A team leader manages those of her own organisation whom she could
have invited herself; she sees name and role of the others. Nothing is deleted: a membership ends, and stays as history.
When somebody was last here is shown by the day: nobody's working hours are to be read from it.

A section's screens know no section: formats/programme_file says what its fields hold, section_words and field_words
what they are called, and a saved row is an import of the whole file with that row changed (actions/programmes/editing).
So every check of the file holds here. A change that reaches openings ahead is shown before it is stored.
"""
