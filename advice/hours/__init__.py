"""Opening hours on screen, edited as a person thinks. For coordinators.

`/indstillinger/aabningstider`             what is open every week, what differs ahead, what is suggested; to print
`/indstillinger/aabningstider/luk`         close: days or weeks, everywhere or somewhere, with a reason
`/indstillinger/aabningstider/flyt`        move a day at a place to another day
`/indstillinger/aabningstider/nye-tider`   new weekly hours from a day on; `?afloeser=` what they take over from
`/indstillinger/aabningstider/stop`        a last day for weekly hours; `?afloeser=` which
`/indstillinger/aabningstider/ekstra`      an extra opening; `?sted=`, `?dag=`, `?fra=`, `?til=` fill it in
`/indstillinger/aabningstider/anden-tid`   other hours on one day
`/indstillinger/aabningstider/fortryd`     take any of these back

Every edit is shown before it is stored: openings, shifts with their people, warnings. What is confirmed is what was
shown: a digest of it travels in the form, and where something has changed meanwhile there is a new preview (409). It
is stored with the edit, so that a double tap is told "Det er gemt". Undoing an edit gives back what it took away.

views     the addresses of the edits     overview     the page before them     suggestions  closings to accept
editing   form, preview, saving          words  sentences (hours_words, hours_letters: those that settings share)
forms     what all forms share           day_forms  weekly_forms  what is typed
"""
