"""The vagtplan on screen.

`/vagtplan`                  staff     to the week of today
`/vagtplan/2026-48`          staff     places down, days across: who is on duty, and what each opening lacks
`/vagtplan/ny`               planners  a new shift; `?sted=` and `?dag=` fill in place and day, `?fra=` the first
                                       opening from that day until the end of its week
`/vagtplan/vagt/<id>`        planners  change time, day and place; set another person on; cancel; undo that
`/mine-vagter`               staff     one's own shifts and calendar address (own.py)

A tovholder plans for everybody in the programme, a teamleder for the own organisation. The past is not
rewritten, a clash is refused with whom and where, and whoever saves on top of somebody else's change gets both
versions to look at. A shift outside opening hours is saved, with a warning.

views     the week            adding, changing  what planners do (planning: what these share)   forms  what they type
board     the week put together from rows      words     sentences about shifts and gaps
"""
