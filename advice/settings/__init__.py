"""Indstillinger: what coordinators and team leaders keep in order.

`/indstillinger`            what there is, for those who may; on a new programme first what it still lacks
`/indstillinger/personer`   people and memberships: invite (`/inviter`), another role, end, shut out and let in, log out
                            everywhere (`/<membership>/<step>`); what is agreed with her for the vagtplan
                            (`/<membership>/vilkaar`, for those who plan her)
`/indstillinger/helhedsplan`, `/indstillinger/<section>`
                            everything that a programme file holds: a list a section, and one form for a row of any
`/indstillinger/behov-paa-dage/<day>/<place>/<service>`
                            what a service needs on one day: beside the weekday's need, with what the day would lack;
                            taken back by `/saedvanlig` (day_needs, day_coverage)
`/indstillinger/log-ind`    the log-in service of each organisation: set up, tried, ended (`/<organisation>`)
`/indstillinger/udbakke`    mails that have not been sent, and what can be done about them
`/indstillinger/log`        the audit of the own organisation
`/indstillinger/luk`        the programme's last day, and taking it back

`/indstillinger/tablets` stands in the same list and belongs to advice/tablets.

A coordinator manages the people of her programme. A team leader manages those of her own organisation whom she could
have invited herself; she sees name and role of the others. Nothing is deleted: a membership ends, and stays as history.
When somebody was last here is shown by the day: nobody's working hours are to be read from it.

A section's screens know no section (`sections`), and a saved row is an import of the whole file with that row changed
(actions/programmes/editing), so every check of the file holds here. A change that reaches openings ahead is shown
before it is stored, with the shifts it touches, and those people get the mail that edits of hours send
(advice/hours_letters.py). A fault that stood before in another row blocks nobody.
"""
