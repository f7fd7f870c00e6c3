"""What residents see, without an account: when and where there is help, first and in one sentence.

`/`                      the programmes with every place, open now or next; with one programme, its page
`/<programme>/`          each place, the rest of this week and the next, closures and changes ahead, whom to call
`/<programme>/<place>`   one place: its sentence, where else to go when it is closed, hours, how busy it is, what one
                         gets help with, the languages of those on duty next, address, notices, calendar
`/<programme>/<place>/plakat`   a poster of it to print, in up to four languages; with ?tema= a theme's
`/<programme>/sw.js`            shows pages somebody has read without a network, and when they were right

A programme that has ended says so; a place that has ended, an unknown address and one in capitals are a 404, in the
reader's language, that leads to the programme's places.
Everything is read from stored openings; each page costs at most nine queries however
much there is, and none while it is kept (advice/kept.py): how busy it is is counted from days that are over, so that
no visit has to make the pages anew.

views   the pages                  signs   openings and places put together as the templates read them
words   the sentences on a door    poster  what stands on a poster, language by language, and its QR code
machine what a place's page tells other programs         offline  the service worker
errors  what stands where there is no page
"""
