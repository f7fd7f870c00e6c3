"""The sections of a programme in Danish: their names, what they are for, and what a list shows of a row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _


@dataclass(frozen=True, slots=True)
class Section:
    """A section: its address, its name, one of it, a helping sentence, the title and the details of a row."""

    name: str
    slug: str
    plural: LazyString
    new: LazyString
    help: LazyString
    title: tuple[str, ...]
    details: tuple[str, ...] = ()


SECTIONS: tuple[Section, ...] = (
    Section(
        "programme", "helhedsplan", _("Helhedsplanen"), _("Helhedsplanen"),
        _("Navn, kontakt, sprog, tekster til beboerne, og hvornår programmet skal gøre opmærksom på noget."), ("name",),
    ),
    Section(
        "organisations", "organisationer", _("Organisationer"), _("Ny organisation"),
        _("Dem, der tæller vagter og henvendelser, og dem, I samarbejder med."), ("name",),
        ("kind", "coordinates", "in_roster"),
    ),
    Section(
        "areas", "boligomraader", _("Boligområder"), _("Nyt boligområde"), _("Hvor beboerne bor."), ("name",),
        ("external_ref",),
    ),
    Section(
        "departments", "afdelinger", _("Afdelinger"), _("Ny afdeling"), _("Boligafdelingerne i områderne."),
        ("name",), ("area", "organisation"),
    ),
    Section(
        "places", "steder", _("Steder"), _("Nyt sted"), _("Husene og lokalerne, hvor I giver råd."), ("name",),
        ("room", "address", "areas"),
    ),
    Section(
        "services", "tilbud", _("Tilbud"), _("Nyt tilbud"), _("Det, I tilbyder, og hvem der svarer for det."),
        ("labels",), ("organisation", "min_age"),
    ),
    Section(
        "hours", "faste-tider", _("Faste åbningstider"), _("Ny åbningstid"),
        _("Hvornår der er åbent hver uge. Skal en tid laves om fra en bestemt dag: åbn den, og vælg det nederst."),
        ("weekday", "span"), ("place", "service", "every_weeks", "decision"),
    ),
    Section(
        "closures", "lukkeperioder", _("Lukkeperioder"), _("Ny lukkeperiode"),
        _("Ferie og andre lukkedage, én gang eller hvert år. Helligdage kender programmet."), ("reason", "period"),
        ("place", "service"),
    ),
    Section(
        "hours_changes", "aendrede-tider", _("Ændrede tider"), _("Ny ændret tid"),
        _("Andre tider på én dag, i stedet for de faste."), ("day", "span"), ("place", "service", "reason"),
    ),
    Section(
        "extra_openings", "ekstra-aabninger", _("Ekstra åbninger"), _("Ny ekstra åbning"),
        _("Åbent på en dag, hvor der ellers ikke er åbent."), ("day", "span"), ("place", "service", "reason"),
    ),
    Section(
        "school_holidays", "skoleferier", _("Skoleferier"), _("Ny skoleferie"),
        _("Kommunens ferier. De bliver foreslået som lukkeperioder."), ("labels", "days"),
    ),
    Section(
        "notices", "opslag", _("Opslag til beboerne"), _("Nyt opslag"),
        _("Det, beboerne skal se nogle dage, og plakater om et tema."), ("labels", "days"), ("kind", "place"),
    ),
    Section(
        "needs", "bemanding", _("Bemandingsbehov"), _("Nyt bemandingsbehov"),
        _("Hvor mange der skal være på vagt. Vagtplanen viser, hvor der mangler nogen."), ("weekday", "place"),
        ("staff", "service", "organisations", "competences"),
    ),
    Section(
        "day_needs", "behov-paa-dage", _("Behov på enkelte dage"), _("Nyt behov for en dag"),
        _("Dage, hvor der skal være flere, færre eller andre på vagt, end ugedagen plejer at kræve."), ("day", "place"),
        ("staff", "service", "organisations", "competences"),
    ),
    Section(
        "competences", "kompetencer", _("Kompetencer"), _("Ny kompetence"),
        _("Sprog og viden, som I vil have på vagt."), ("labels",), ("kind", "language"),
    ),
    Section(
        "topic_groups", "emnegrupper", _("Emnegrupper"), _("Ny emnegruppe"), _("Overskrifterne over emnerne."),
        ("labels",), ("focus_area",),
    ),
    Section(
        "topics", "emner", _("Emner"), _("Nyt emne"), _("Det, en henvendelse kan handle om. Knapperne på tabletten."),
        ("labels",), ("holder", "hint", "catch_all"),
    ),
    Section(
        "help_forms", "hjaelpeformer", _("Hjælpeformer"), _("Ny hjælpeform"), _("Det, I gør for beboeren."),
        ("labels",),
    ),
    Section(
        "outcomes", "udfald", _("Udfald"), _("Nyt udfald"), _("Hvordan en henvendelse ender, og hvad det betyder."),
        ("labels",), ("flags",),
    ),
    Section(
        "visit_kinds", "samtaletyper", _("Samtaletyper"), _("Ny samtaletype"),
        _("Særlige slags henvendelser, som et tilbud tæller for sig."), ("labels",), ("service", "hint"),
    ),
    Section(
        "bodies", "instanser", _("Instanser"), _("Ny instans"), _("Dem, I bygger bro til."), ("labels",),
        ("kind", "phone", "address"),
    ),
    Section(
        "activities", "aktiviteter", _("Aktiviteter"), _("Ny aktivitet"), _("Det, beboere kan komme med i."),
        ("labels",), ("focus_area",),
    ),
    Section(
        "focus_areas", "indsatsomraader", _("Indsatsområder"), _("Nyt indsatsområde"),
        _("Landsbyggefondens indsatsområder, som aftaler og emner kan høre til."), ("name",),
    ),
    Section(
        "agreements", "delaftaler", _("Delaftaler"), _("Ny delaftale"),
        _("Aftalerne med boligorganisationer og kommune. En aftale, der er slut, kan stadig læses."), ("title",),
        ("focus_area", "validity"),
    ),
    Section(
        "objectives", "delmaal", _("Delmål"), _("Nyt delmål"), _("Målene i hver delaftale."), ("text",), ("holder",),
    ),
    Section(
        "indicators", "indikatorer", _("Indikatorer"), _("Ny indikator"),
        _("Det, I tæller eller måler, og målet for det."), ("text",), ("direction", "target", "unit", "holder"),
    ),
    Section(
        "readings", "maalinger", _("Målinger"), _("Ny måling"),
        _("Tal, der kommer andre steder fra end henvendelserne."), ("as_of", "value"), ("holder", "source"),
    ),
)  # fmt: skip
BY_SLUG: Mapping[str, Section] = {one.slug: one for one in SECTIONS}
BY_NAME: Mapping[str, Section] = {one.name: one for one in SECTIONS}
ON_HOURS_PAGE = frozenset({"hours", "closures", "hours_changes", "extra_openings"})
"""Sections that the page of opening hours leads to."""
BESIDE: Mapping[str, str] = {"needs": "day_needs", "day_needs": "needs"}
"""Sections that lead to each other: the rule and its exceptions."""

WORDS: Mapping[str, LazyString] = {
    "notice": _("et opslag"),
    "theme": _("et tema, der kan trykkes som plakat"),
    "letter": _("brev"),
    "money": _("penge"),
    "home": _("hus"),
    "work": _("arbejde"),
    "school": _("skole"),
    "health": _("hjerte"),
    "family": _("familie"),
    "children": _("børn"),
    "phone": _("telefon"),
    "papers": _("papirer"),
    "residence": _("pas"),
    "food": _("mad"),
    "talk": _("samtale"),
    "more": _("tre prikker"),
    "once": _("én gang"),
    "dates": _("hvert år, fra dato til dato"),
    "weeks": _("hvert år, i bestemte uger"),
    "responsible": _("den ansvarlige organisation"),
    "touched": _("dem, hvis vagter ændres"),
    "responsible_and_touched": _("både den ansvarlige og dem, hvis vagter ændres"),
    "language": _("sprog"),
    "topic": _("emne"),
    "other": _("noget andet"),
    "at_least": _("mindst"),
    "at_most": _("højst"),
    "falls": _("skal falde"),
    "rises": _("skal stige"),
    "count": _("et antal henvendelser"),
    "share": _("en andel i procent"),
    "final": _("slut: der skal ikke ske mere"),
    "solves": _("løser"),
    "self_help": _("klarer det selv"),
    "bridges": _("brobygger"),
    "recruits": _("rekrutterer"),
    "new_time": _("ny tid"),
    "to_course": _("til kursus"),
    "continues": _("fortsætter"),
    "not_reached": _("ikke nået"),
}
"""The fixed words of the file in Danish."""
YES: Mapping[str, LazyString] = {
    "coordinates": _("tovholder"),
    "in_roster": _("står i vagtplanen"),
    "catch_all": _("opsamling"),
}
"""What a list says where a field is yes."""
WEEKDAYS: tuple[LazyString, ...] = (
    _("mandag"), _("tirsdag"), _("onsdag"), _("torsdag"), _("fredag"), _("lørdag"), _("søndag"),
)  # fmt: skip


def word(code: Any) -> str:
    """A fixed word of the file in Danish."""
    return str(WORDS.get(str(code), code))
