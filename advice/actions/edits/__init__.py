"""Single edits of the vagtplan by a leader: at once where she may do so alone, else as a small draft for the others.

What lies in today and the days after it that the programme says (`at_once_days`) is changed at once, and the others
are told. What lies later is changed at once too where nobody else has to say yes to it; otherwise it waits as a small
draft, sent with the editor's own yes, and comes in force when the others have said theirs. Every function flushes,
writes the audit, raises what actions/shifts.py raises, and leaves the commit to the caller; shifts must be locked
(`shift_to_change`).

ways        whether at once or not, and what became of it      editing     add, change, cancel, replace, restore
splitting   one shift made two, and one again                  undoing     what was done last, taken back
history     what was done last to a shift
"""
