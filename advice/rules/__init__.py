"""The pure rules: what is true of open advice whatever the database, the screen or the clock.

Only the standard library is imported here. No rows, no requests, no clock: today and now are parameters,
rows reach a rule as its own small frozen dataclasses, and public holidays reach it as dates. Whoever looks
for the place of a rule finds it by its noun:

spans       the one half-open overlap rule, and times as people write them ("12.30")
danish      Danish alphabetical order as a stored key, and slugs
hours       opening hours -> dated openings
closures    which closure covers a day, and whose reason is shown
openings    a dated opening and how it came to be; what is open now or next
differences what an edit changes in the stored openings ahead
doors       what the sign on a door says at a moment, and the notices of closures
staffing    an opening compared with the shifts on it, the gaps in words, what lies outside the hours
turns       a person on duty at a place, one stretch of a day
terms       what speaks against somebody taking a shift: her hours, days, places, absence
stand_ins   who of the others can take a shift that was called off, and in which order to ask
fairness    how the work is spread: shifts and hours against what is agreed, late ends, unpopular places
repeating   weeks of the vagtplan laid again, and what is left out
drafts      changes laid over what is in force, who has to say yes to them
weeks       ISO weeks and their Mondays
visits      the local day and hour of a visit, and what a visit sent again means, outcomes that contradict
indicators  which visits a filter counts, the reporting year, pace and direction
access      who may do what: one table, one question
"""
