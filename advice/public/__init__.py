"""What residents see, without an account: when and where there is help, first and in one sentence.

`/`                      the programmes with every place, open now or next; with one programme, its page
`/<programme>/`          each place, the rest of this week and the next, closures and changes ahead, whom to call
`/<programme>/<place>`   one place: its sentence, where else to go when it is closed, hours, address, what one gets

A programme that has ended says so; a place that has ended, an unknown address and one in capitals are a 404.
Everything is read from stored openings; each page costs at most four queries however much there is.

views   the three pages            signs   openings and places put together as the templates read them
words   the sentences on a door
"""
