"""Reads a page as a browser would, and says what is wrong with it, one sentence a fault."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

import html5lib

CONTROLS = ("input", "select", "textarea")
BUTTON_TYPES = ("submit", "button", "reset", "image")
DATA_BLOCKS = ("application/ld+json", "application/json")


@dataclass
class Form:
    """A form as the page gives it: where it goes, and what a browser would send if nobody touched it."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    """Names and values of the controls as they stand: hidden ones, typed text, what is chosen or ticked."""
    buttons: list[tuple[str, str]] = field(default_factory=list)
    """Names and values of the submit buttons; without a name the name is empty."""
    names: set[str] = field(default_factory=set)
    """Names of all controls, also of those that are empty or not ticked."""


class Page:
    """A parsed HTML page."""

    def __init__(self, html: str) -> None:
        parser = html5lib.HTMLParser(namespaceHTMLElements=False)
        self.root: Element = parser.parse(html)
        self.parse_errors = [f"line {line}: {code} {details or ''}" for (line, _), code, details in parser.errors]

    def all(self, *tags: str) -> list[Element]:
        """Every element with one of the tags, in the order of the page."""
        return [element for element in self.root.iter() if element.tag in tags]

    @property
    def text(self) -> str:
        """What a reader sees in the body, every white space one space."""
        body = self.all("body")[0]
        return " ".join(" ".join(text_pieces(body)).split())

    def forms(self) -> list[Form]:
        """The forms of the page, each with the controls inside it."""
        return [read_form(element) for element in self.all("form")]

    def faults(self) -> list[str]:
        """Everything wrong with the page."""
        return [*self.parse_errors, *self._head(), *self._identity(), *self._forms(), *self._inline()]

    def _head(self) -> Iterator[str]:
        html = self.all("html")[0]
        if not html.get("lang"):
            yield "html has no lang"
        titles = self.all("title")
        if not titles or not (titles[0].text or "").strip():
            yield "the page has no title"
        if len(headings := self.all("h1")) != 1:
            yield f"the page has {len(headings)} h1, not one"

    def _identity(self) -> Iterator[str]:
        counted = Counter(element.get("id") for element in self.root.iter() if element.get("id") is not None)
        yield from (f"id {name!r} stands {times} times" for name, times in counted.items() if times > 1 or not name)
        for element in self.root.iter():
            for attribute in ("aria-labelledby", "aria-describedby", "aria-controls", "aria-errormessage"):
                for name in (element.get(attribute) or "").split():
                    if name not in counted:
                        yield f"{attribute}={name!r} points at nothing"
        yield from (f"label for={name!r} points at nothing" for name in self._labelled() if name not in counted)

    def _labelled(self) -> set[str]:
        return {element.get("for", "") for element in self.all("label") if element.get("for") is not None}

    def _forms(self) -> Iterator[str]:
        for form in self.all("form"):
            if not form.get("action") or form.get("method", "").lower() not in ("get", "post", "dialog"):
                yield f"a form lacks its action or method: {form.attrib}"
        named = self._labelled()
        inside = {control for label in self.all("label") for control in label.iter() if control is not label}
        for control in self.all(*CONTROLS):
            kind = control.get("type", "text").lower() if control.tag == "input" else control.tag
            if kind in BUTTON_TYPES:
                continue
            if not control.get("name"):
                yield f"a {kind} has no name: {control.attrib}"
            aria = control.get("aria-label") or control.get("aria-labelledby")
            if kind != "hidden" and not (control.get("id") in named or control in inside or aria):
                yield f"{kind} {control.get('name')!r} has no label"
        for button in self.all("button"):
            if not (" ".join(text_pieces(button)).strip() or button.get("aria-label")):
                yield f"a button says nothing: {button.attrib}"

    def _inline(self) -> Iterator[str]:
        for script in self.all("script"):
            if not script.get("src") and script.get("type") not in DATA_BLOCKS:
                yield "an inline script"
        yield from ("an inline style element" for _ in self.all("style", "{http://www.w3.org/2000/svg}style"))
        for element in self.root.iter():
            for name, value in element.attrib.items():
                if name == "style" or name.startswith("on"):
                    yield f"inline {name} on {element.tag}"
                if value.strip().lower().startswith("javascript:"):
                    yield f"{name}=javascript: on {element.tag}"


def text_pieces(element: Element) -> Iterator[str]:
    """The pieces of text under an element, but none of a script or style."""
    if element.tag in ("script", "style"):
        return
    yield element.text or ""
    for child in element:
        if isinstance(child.tag, str):
            yield from text_pieces(child)
        yield child.tail or ""


def read_form(element: Element) -> Form:
    """What a browser would send from a form as it stands."""
    form = Form(element.get("action", ""), element.get("method", "get").lower())
    for control in element.iter():
        if control.tag not in (*CONTROLS, "button") or "disabled" in control.attrib:
            continue
        name, kind = control.get("name", ""), control.get("type", "").lower()
        if kind in ("submit", "image") or (control.tag == "button" and kind == ""):
            form.buttons.append((name, control.get("value", "")))
        elif name and kind not in BUTTON_TYPES:
            form.names.add(name)
            form.fields += [(name, value) for value in sent_values(control)]
    return form


def sent_values(control: Element) -> list[str]:
    """The values one control sends: none, one, or several of a list."""
    if control.tag == "textarea":
        return ["".join(control.itertext())]
    if control.tag == "select":
        options = [option for option in control.iter("option") if "disabled" not in option.attrib]
        chosen = [option for option in options if "selected" in option.attrib]
        if not chosen and "multiple" not in control.attrib:
            chosen = options[:1]
        return [option.get("value", "".join(option.itertext()).strip()) for option in chosen]
    if control.get("type", "").lower() in ("checkbox", "radio"):
        return [control.get("value", "on")] if "checked" in control.attrib else []
    return [control.get("value", "")]
