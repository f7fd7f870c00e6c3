"""Which fields a kind of row uses: some sections hold rows of several kinds, and each kind asks for fields of its own.

The kind is chosen before the form is shown, and stands in the address (`?slags=once`), so that the form asks for what
that kind needs and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from advice.actions.programmes.editing import Data
from advice.formats.programme_file.checks import CLOSURE_FIELDS


@dataclass(frozen=True, slots=True)
class Variant:
    """A kind of row: the fields it needs, those it may have beside the section's others, and an example of it."""

    needs: tuple[str, ...]
    may: tuple[str, ...] = ()
    example: LazyString | str = ""


@dataclass(frozen=True, slots=True)
class Variants:
    """The kinds of a section's rows. field: the one that holds the kind; of: its fixed words."""

    field: str
    of: Mapping[str, Variant]

    def unused(self, row: Mapping[str, Any], name: str) -> bool:
        """Whether a row of its kind leaves a field out: another kind's, in which nothing stands."""
        if name == self.field:
            return True
        own = self.of[row[self.field]]
        others = {name for one in self.of.values() for name in (*one.needs, *one.may)} - {*own.needs, *own.may}
        return name in others and row.get(name) is None

    def turned(self, row: Data, kind: str) -> Data:
        """The row as one of a kind: what that kind does not know is gone."""
        if row.get(self.field) == kind:
            return row
        kept = {name: value for name, value in row.items() if not self.unused({self.field: kind}, name)}
        return {**kept, self.field: kind}


VALIDITY = ("valid_from", "valid_to")
VARIANTS: Mapping[str, Variants] = {
    "closures": Variants(
        "kind",
        {
            "once": Variant(CLOSURE_FIELDS["once"], (), _("Fx en uges ferie, eller en dag, hvor huset er optaget.")),
            "dates": Variant(CLOSURE_FIELDS["dates"], VALIDITY, _("Fx juleferie fra 23/12 til 2/1.")),
            "weeks": Variant(CLOSURE_FIELDS["weeks"], VALIDITY, _("Fx sommerferie fra uge 28 til uge 30.")),
        },
    ),
    "competences": Variants(
        "kind",
        {
            "language": Variant(("language",), (), _("Fx tyrkisk.")),
            "topic": Variant((), (), _("Fx gæld.")),
            "other": Variant((), (), _("Fx kørekort.")),
        },
    ),
}
"""By section; the others have rows of one kind."""
