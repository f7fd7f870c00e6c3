"""The demonstration: two programme files, and invented people, plan and visits around them.

`flask demo` imports aktiv.toml and en-faelles-indsats.toml (what the two agreements fix: places, hours, lists,
indicators) and adds a year of invented life, drawn from invented.toml with a fixed seed and dated relative to
today, so that the demonstration is alive on any day. Nothing here is real but what the agreements say; every
person is marked demo, has a number that cannot be dialled, and shares one published password.

loader    the way in: load, refuse, tell who can log in
shapes    invented.toml as typed values
chance    drawing with a seed
world     the rows of a programme by code
people    persons, memberships, competences
terms     what was agreed with them, and when they are away
days      the single closure and the short day, a school holiday, what residents are told
plan      the vagtplan by fair rotation, and what goes wrong with a few openings (no rows)
marks     when they met and left
arrivals  who came when, to whom (no rows)
contents  what it was about and how it ended (no rows)
storing   shifts and visits as rows, in bulk
"""
