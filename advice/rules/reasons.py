"""Why a day is closed or different, in the words that most use, and the names of the days that close by themselves.

A reason that stands here is shown in every language, since the catalogues hold its words (advice/translations). Own
words have a field for each language instead.
"""

from __future__ import annotations


def N_(words: str) -> str:
    """Mark words for the catalogues (pybabel extract -k N_); they are translated where they are shown."""
    return words


USUAL_REASONS = (
    N_("Sygdom"),
    N_("Ferie"),
    N_("Sommerferie"),
    N_("Efterårsferie"),
    N_("Juleferie"),
    N_("Vinterferie"),
    N_("Påskeferie"),
    N_("Julelukket"),
    N_("Sommerlukket"),
    N_("Beboerhuset er udlejet"),
    N_("Personalemøde"),
    N_("Kursus"),
    N_("Flytning"),
    N_("Flyttet til en anden dag"),
    N_("Ombygning"),
    N_("Lukkedag"),
    N_("Arrangement i huset"),
    N_("Helligdag"),
)
"""What a coordinator chooses from."""
HOLIDAYS = (
    N_("Nytårsdag"),
    N_("Skærtorsdag"),
    N_("Langfredag"),
    N_("Påskedag"),
    N_("Anden påskedag"),
    N_("Store bededag"),
    N_("Kristi himmelfartsdag"),
    N_("Pinsedag"),
    N_("Anden pinsedag"),
    N_("Juledag"),
    N_("Anden juledag"),
    N_("Grundlovsdag"),
    N_("Juleaftensdag"),
    N_("Arbejdernes kampdag"),
    N_("Nytårsaften"),
)
"""Public holidays and customary days, as the package `holidays` names them in Danish."""
KNOWN = frozenset({*USUAL_REASONS, *HOLIDAYS})
