"""The vagtplan on screen.

`/vagtplan`                  staff     to the week of today
`/vagtplan/2026-48`          staff     places down, days across: who is on duty, and what each opening lacks
`/vagtplan/ny`               planners  a new shift; `?sted=` and `?dag=` fill in place and day, `?fra=` the first
                                       opening from that day until the end of its week
`/vagtplan/vagt/<id>`        planners  change time, day and place; set another person on; split; cancel; undo
`/vagtplan/kvartal/2026-4`   staff     the whole weeks of a quarter, with what is missing in words
`/vagtplan/fordeling/2026-4` planners  who has how many shifts and hours against what is agreed, late ends and
                                       unpopular places: the own organisation by name, the others as a sum
`/vagtplan/planlaeg/`        planners  plans being laid, and a new one; repeat the last weeks into it
`/vagtplan/planlaeg/<id>`    planners  one plan: its weeks, what stands in the way, send, say yes or send it back,
                                       bring into force (or one edit that waits for the others' yes: say yes or no,
                                       take it back)
  …/2026-48  …/ny  …/vagt/<id>  …/aendring/<id>   a week of it, and single shifts put in, changed, moved, split,
                                       taken out; …/fortryd takes the last of it back
`/vagtplan/fravaer`          planners  everybody's absence ahead, entering somebody's, asking everybody for theirs
`/vagtplan/syg`              planners  one or more are ill: all their shifts in the days are cancelled
`/vagtplan/huller`           planners  the shifts nobody has, who could take each, and what was said
`/vagtplan/svar/<token>`     anyone    the answer of somebody who was asked by mail
`/vagtplan/fremmoede`        leaders   the days on which a mark of met or left is missing
`/vagtplan/fremmoede/<day>`  leaders   planned beside met and left, blanks to fill: those of their own organisation
`/vagtplan/2026-48/print`    staff     the week on a lying A4: names, times, gaps in words, closed days and why
`/vagtplan/dag/<dag>/<sted>` staff     the sheet of a day for the door of a house: who is there, when, languages
`/vagtplan/vaeg`             staff     the screen on the wall: who is here and until when; `?sted=` one place
`/vagtplan/beskeder`         staff     notices to the staff of a place for some days; `/<id>` changes one
`/mine-vagter`               staff     one's own shifts, share of the quarter and calendar address (own.py)
`/mine-vagter/fravaer`       staff     one's own absence, and the answer to being asked for it
`/mine-vagter/byt/<id>`      staff     offer one's own shift: away, or for a colleague's; to everybody or to one
`/mine-vagter/bytte/<id>`    staff     one swap: take it, say no, think better of it, keep one's shift
`/vagtplan/bytter`           planners  the swaps that wait for one's yes, each with what it would mean
`/mine-vagter/telefon`       staff     one's own number, and whether one wants text messages (own_phone.py)

Edits of today and the days after it that the programme says (at_once_days) are made at once, undoable for the rest
of the day, and the leaders of the other organisations they concern are told by mail. Later ones become a small draft
sent with the editor's own yes, unless nobody else has to say yes to them; until it comes in force the week shows it to
planners as waiting, and the shift takes no other such edit. A no of one who is asked ends it, and whoever made it, or
was asked, hears of it. A shift that is moved asks those of the place where it was, too. What came of a swap, of a
stand-in's yes or of a plan is changed, but no button undoes it.

Who is asked for her yes to a plan can send it back with a reason: it is being laid again, nobody has said yes to it any
more, and its page says who sent it back, when and why until it is sent again. Whoever laid and sent it is told by mail,
and the others who were asked that they need not answer now. What is done to the shifts of a plan is in the audit, as it
is of shifts in force; a quarter, or a plan, counts what is missing from today on.

A tovholder plans for everybody in the programme, a teamleder for the own organisation. The past is not
rewritten, a clash is refused with whom and where, and whoever saves on top of somebody else's change gets both
versions to look at. A shift outside opening hours is saved, with a warning, and so is one that something speaks
against: a day she cannot, more than is agreed, an absence. What somebody has said the house can be open without is
told as agreed, and is no alarm; what else is missing is. A plan is laid over what is in force and changes nothing
until everybody whose people it touches has said yes to the difference. Why somebody is away is her own
organisation's; the others read "væk". Nobody sees another organisation's people one by one.

What hangs where residents read it (the sheet of a door) says neither why anybody is away nor what the staff are told.
The wall asks for itself again each minute and keeps no session alive; a screen that hangs all day is enrolled as a
tablet and shows it at `/tablet/vaeg`, without anybody's log-in.

views     the week            adding, changing  what planners do (planning: what these share)   forms  what they type
board     the week put together from rows      words     sentences about shifts and gaps
coverage  how many are on duty along the hours of an opening, told and drawn
near      what an edit comes to (near_words, near_letters)   moving  from cell to cell of the board (static/roster.js)
objections  what speaks against a shift, in words       quarters  a quarter at a glance   fairness  how it is spread
plans, plan_weeks  a plan and its weeks (plan_forms, plan_words, plan_letters; plan_objections: what speaks against it)
plan_answers  what the leaders who are asked say to it
plan_shifts, plan_moving  single shifts of a plan (plan_edits: what these share)
plan_undo  the last of it taken back (plan_memory)
swaps, swap_decisions  swaps, and leaders' yes to them (swap_page, swap_forms, swap_words, swap_letters)
swap_ends  the worker ends what somebody has said yes to and can no longer be, and tells the two
presence  met and left, put right by a leader (presence_forms; presence_sums: worked hours)
sick, sick_holes, sick_answers  somebody is ill, and who stands in (sick_board, sick_forms, sick_words, sick_letters)
sick_filled  somebody is on duty there otherwise: those who were asked by mail hear of it
kept_quarters  the quarter's board in memory (docs/decisions/0011)   links  who may do what where
papers    what is printed   wall  the screen on the wall   staff_notices  notices to the staff (staff_notice_forms)
absences  absence and the round that asks for it (absence_forms, absence_letters; letters: what all mails share)
telling   the mails and text messages on what is new in one's shifts: at once for today and tomorrow, else at 16
own_news  the same on one's own page, until one has said that one has seen it (news_words)
"""
