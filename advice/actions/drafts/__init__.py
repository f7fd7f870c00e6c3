"""Drafts of the vagtplan: laid (laying; undoing takes the last edit back), sent to the leaders and approved
(approving) or sent back by them, put in force (enforcing).

A draft is change rows over what is in force (rules/drafts.py). Every function here takes a draft locked by
`models.drafts.draft_of(..., to_change=True)`, flushes and leaves the commit to the
caller. The audit has what became of a draft and every single edit of it (ids, days and times; weeks that are repeated
are one entry), as it has of shifts in force.
"""
