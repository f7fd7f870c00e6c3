"""Swaps: a shift is offered, a colleague takes it, leaders say yes where they are asked, and the shifts change hands.

Whoever acts on a swap has locked its row (`models.swaps.lock_swap`), after it the shifts, after them the people; and
each step is one statement that finds the swap as it was read or changes nothing. So of many takers one wins, and the
others read who did. Nothing of the shifts changes before the swap is done; then all of it does, or none.

sides     what a swap would mean, and which organisations' leaders are asked (whose_yes.py, as for drafts)
lapsing   which swaps can no longer be, and why
offering  offering a shift, and what every step is made of
stepping  what is done to an offer (rules/swaps.NEXT)

Every function flushes, writes the audit, and leaves the commit to the caller.
"""
