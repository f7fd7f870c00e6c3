"""Visits (henvendelser): the tablet's day, logging, correcting, undoing, and what came of bridging.

`/i-dag`: where am I, who is on duty here and until when; then the form that logs a visit in 3-5 taps. A topic
is all it needs. Place, service and time are filled in; minutes and language never are, because nothing tapped
means "not recorded". What an outcome asks for (where to, by its flag) unfolds under it, without JavaScript.
Today's visits of the own organisation lie closed behind a count: the next resident can see the screen.

Mødt and Gået are one tap each under those on duty (`/i-dag/fremmoede`), by the server's clock; whoever is not on the
plan here says that she helps out. They are plain forms and need the network: without it the browser says so, and
nothing is ticked that is not stored. Colleagues read "mødt" and "gået", the times are one's own and the leader's.

`/henvendelser`: the own organisation's visits a week at a time, the bridged ones that nobody has asked about
first, oldest on top. `/henvendelser/<id>` corrects one, `…/fortryd` undoes it, `…/resultat` says whether a result
is known, or takes that back; the page after each offers to undo it in one tap.

Advisers, team leaders and coordinators see and change the visits of their own organisation; another's do not
exist for them (404), readers may not look (403). A form from before the log-in stores nothing: it is shown again
with what was typed, and says who is logged in now (late_forms.shows_old). Each change is a revision of its own:
whoever saves on top of a version she has not seen gets 409 and both versions.

Files: views (what is asked and answered), forms (fields, reading and filling them), choices (what can be
tapped), presence (met and left), day (which house, what is open, who is on duty), results (what came of bridging),
screens (pages with what they need).
"""
