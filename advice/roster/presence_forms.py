"""The two times of a line on the page of a day, and what is said of times that cannot be kept."""

from __future__ import annotations

from datetime import date, time

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from advice import web
from advice.rules.presence import Fault, fault
from advice.web_fields import ClockField


class TimesForm(web.Form):
    """When somebody met and left; both may be blank."""

    came = ClockField(_("Mødt"))
    left = ClockField(_("Gået"))

    def fits(self, day: date, now: tuple[date, time]) -> bool:
        """Whether the times can be kept for a day, with sentences at the fields where not."""
        if not self.validate():
            return False
        found = fault(self.came.data, self.left.data, day, now)
        if found is Fault.BACKWARD:
            self.left.errors = [gettext("Gået skal være efter mødt.")]
        if found is Fault.AHEAD:
            later = self.came if self.came.data is not None and (day, self.came.data) > now else self.left
            later.errors = [gettext("Det klokkeslæt er ikke kommet endnu.")]
        return found is None


def times_words(came: time | None, left: time | None) -> str:
    """ "mødt kl. 11.58, gået kl. 16.02", a dash for what is blank."""
    met, gone = (web.clock_long(at) if at is not None else "–" for at in (came, left))
    return str(gettext("Mødt %(came)s, gået %(left)s", came=met, left=gone))
