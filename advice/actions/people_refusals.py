"""Why something was not done to a person or a membership; the screens have the sentences."""

from __future__ import annotations


class Refused(Exception):
    """It was not done; the class says why."""


class NotAllowed(Refused):
    """The actor may not do this to that person, or give that role."""


class Elsewhere(Refused):
    """She also belongs where the actor has no say, and this would reach there."""


class AlreadyMember(Refused):
    """She belongs to that organisation already."""


class ShutOut(Refused):
    """She is disabled, and may not be brought in by a back door."""


class LastCoordinator(Refused):
    """The programme would be left without a coordinator who can log in."""


class Stale(Refused):
    """It is not as the screen showed it any more: the membership has ended, or the link is not needed."""


class TooManyLetters(Refused):
    """Her address has been sent as many invitations today as anybody gets."""


class OwnAccount(Refused):
    """Nobody shuts herself out."""


class InUse(Refused):
    """Something hangs on the membership that began today, so its organisation cannot be another."""
