"""What the checks of a programme file find, at the fields of a form and without the words of the file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from advice import web
from advice.actions.programmes.editing import PROGRAMME, Document
from advice.formats.programme_file.codes import Finding
from advice.formats.programme_file.fields import WEEKDAYS as WEEKDAY_CODES
from advice.formats.programme_file.lines import Path
from advice.settings.field_words import label_of
from advice.settings.sections.forms import EMPTY, RowForm
from advice.settings.sections.leaves import title
from advice.settings.sections.words import BY_NAME, WEEKDAYS

SENTENCES: Sequence[tuple[str, LazyString]] = (
    (r"mangler|er tom|mangler i en lukning af .*", EMPTY),
    (r"mangler dansk \(da\)", _l("Skriv det også på dansk.")),
    (r"mangler; direction er .*", _l("Skriv målet, når retningen er mindst eller højst.")),
    (r"er for lang; højst (?P<number>[0-9]+) tegn", _l("Skriv højst %(number)s tegn.")),
    (r"skal mindst være (?P<number>\S+)", _l("Skal mindst være %(number)s.")),
    (r"må højst være (?P<number>\S+)", _l("Må højst være %(number)s.")),
    (r"ligger før (?P<field>\w+) \((?P<day>\S+)\)", _l("Ligger før %(field)s, som er %(day)s.")),
    (
        r"skal ligge efter starts \((?P<time>\S+)\).*",
        _l("Skal ligge efter kl. %(time)s samme dag. Intet går over midnat."),
    ),
    (r"dagen er gået", _l("Dagen er gået. Vælg en dag fra i dag og frem.")),
    (
        r"findes ikke den (?P<day>[0-9-]+): uret bliver stillet frem",
        _l("Den %(day)s bliver uret stillet frem, og det klokkeslæt findes ikke."),
    ),
    (
        r"findes ikke den dag, hvor uret bliver stillet frem",
        _l("Det klokkeslæt findes ikke den dag om foråret, hvor uret bliver stillet frem."),
    ),
    (
        r"må ikke være mindre end (?P<field>\w+) \((?P<number>[0-9]+)\)",
        _l("Må ikke være mindre end %(field)s, som er %(number)s."),
    ),
    (r"hører ikke til en lukning af .*", _l("Hører ikke til den slags lukning.")),
    (r"latitude og longitude hører sammen", _l("Skriv både breddegrad og længdegrad, eller ingen af dem.")),
    (r"skal stå der, når kind er .*", _l("Vælg et sprog, når kompetencen er et sprog, og kun da.")),
    (
        r"skal være en hel webadresse.*|ser ikke rigtig ud.*https.*",
        _l("Skriv en hel webadresse, fx https://example.org."),
    ),
    (r"measure og counts hører sammen", _l("Vælg også, hvad der tælles, eller fjern filteret.")),
    (r"skal stå der, når measure er .*", _l("Hører kun til en andel.")),
    (
        r"overlapper (?P<weekday>\w+) (?P<time>[0-9:]+)-(?P<until>[0-9:]+) .*",
        _l("Overlapper %(weekday)s kl. %(time)s–%(until)s: samme tilbud og sted."),
    ),
    (
        r"gælder samtidig med .*",
        _l("Der gælder allerede et behov for samme tilbud, sted og dag. Giv det gamle en sidste dag først."),
    ),
    (
        r"kun én organisation kan være tovholder.*",
        _l("Kun én organisation kan være tovholder. Fjern først krydset ved den anden."),
    ),
    (r'".+" skal stå før den aftale.*', _l("Vælg en aftale, der står over denne på listen.")),
    (r'".+" findes ikke i \w+', _l("Vælg en fra listen.")),
    (r"den samme .* står to gange", _l("Den findes allerede. Vælg noget andet.")),
    (r'".+" er optaget af .*', _l("Den adresse bruger programmet selv. Vælg en anden.")),
    (r"må kun have små bogstaver.*", _l("Brug kun små bogstaver a-z, tal og enkelte bindestreger.")),
    (r"ser ikke rigtig ud.*\\d\{3.*", _l("Skriv kommunens kode med 3 eller 4 tal.")),
    (r"ser ikke rigtig ud.*", _l("Brug kun bogstaver og tal, og mellem dem punktum, bindestreg eller understreg.")),
    (r"kan ikke ændres, når rækken er i brug.*", _l("Kan ikke ændres. Lav en ny i stedet.")),
    (r"indeholder usynlige styretegn", _l("Der er usynlige tegn i teksten. Skriv den på ny.")),
    (r"skal stå på én linje", _l("Skriv det på én linje.")),
)
"""Pattern of the whole finding, and the sentence for it, with the pattern's groups in it."""
OTHERWISE = _l("Det kan ikke bruges her. Se på feltet en gang til.")


def sentence(finding: str, section: str) -> str:
    """A finding as a coordinator reads it."""
    for pattern, words in SENTENCES:
        found = re.fullmatch(pattern, finding, re.DOTALL)
        if found:
            values = {name: _said(name, text, section) for name, text in found.groupdict().items()}
            return str(words) % values if values else str(words)
    return str(OTHERWISE)


def _said(name: str, text: str, section: str) -> str:
    """A part of a finding in Danish: the field's label in quotes, a weekday, a date, a time."""
    if name == "field":
        return f"»{label_of(section, text)}«"
    if name == "weekday":
        return str(WEEKDAYS[WEEKDAY_CODES.index(text)])
    if name == "day":
        return web.date_digits(date.fromisoformat(text))
    return text.replace(":", ".") if name in ("time", "until") else text


def explain(form: RowForm, findings: Sequence[Finding], section: str, path: Path, doc: Document) -> None:
    """Put a sentence at the field of each finding; what stands elsewhere is said above the form, with where."""
    for one in findings:
        inside = one.path[: len(path)] == path
        field = _field_of(form, [str(part) for part in one.path[len(path) :]]) if inside else None
        if field is not None:
            words = sentence(one.sentence, section)
            form[field].errors = list(dict.fromkeys([*form[field].errors, words]))
        else:
            form.form_errors.append(_elsewhere(one, doc))


def _field_of(form: RowForm, parts: list[str]) -> str | None:
    """The field that a place in the row belongs to: itself, the one that holds it, or the first inside it."""
    for length in range(len(parts), 0, -1):
        name = "-".join(parts[:length])
        if name in form:
            return name
        inside: str | None = next((field.name for field in form if field.name.startswith(f"{name}-")), None)
        if inside:
            return inside
    return None


def _elsewhere(one: Finding, doc: Document) -> str:
    """A finding in another row, with the section and the row in words."""
    names = [part for part in one.path if isinstance(part, str) and part in BY_NAME]
    section = names[-1] if names else PROGRAMME
    about = _row_at(doc.data, one.path)
    where = f"{BY_NAME[section].plural}, {about}" if about else str(BY_NAME[section].plural)
    return f"{where}: {sentence(one.sentence, section)}"


def _row_at(data: Mapping[str, object], path: Path) -> str:
    """What the innermost row of a path is called, as far as it stands in the stored data."""
    found: object = data
    words = ""
    for part in path:
        try:
            found = found[part]  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            break
        if isinstance(found, dict):
            words = title(found) or words
    return words
