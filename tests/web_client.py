"""A test client that behaves like a browser without JavaScript, and checks every answer it gets.

    page = client.page("/aktiv/")                             # must be 200; page.text, .forms(), .all("h2")
    answer = client.submit("/log-ind", email=…, password=…)   # fills in the form that the page has

Every HTML page is parsed strictly and must have one h1, a title, a language, ids that are there once, labels
that point at something, and nothing inline; every answer carries a Content-Security-Policy with default-src
'none'.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.html_pages import Form, Page

Value = str | int | bool | None | Iterable[str]


class CheckingClient(FlaskClient):
    """A Flask test client that fails the test on a faulty page, and knows how to fill in a form."""

    _last: Page | None = None
    """The page that was checked last, so that it is not read twice."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send a request, as Flask's client does, and check the answer."""
        response = super().open(*args, **kwargs)
        self._last = check(response)
        return response

    def page(self, url: str, status: int = 200) -> Page:
        """GET a page that must answer with the status; redirects are not followed."""
        response = self.get(url)
        assert response.status_code == status, f"{url} answered {response.status} ({response.headers.get('Location')})"
        return self._last or Page(response.text)

    def submit(
        self,
        url: str,
        fields: Mapping[str, Value] | None = None,
        *,
        action: str | None = None,
        button: str | None = None,
        forged: bool = False,
        **more: Value,
    ) -> TestResponse:
        """GET the page at `url`, fill in one of its forms and send it; the answer is not followed.

        The form is the one whose action ends in `action`; without it the page may have one form with the
        fields only. What is not named keeps the value the page gives it (csrf_token, too). None leaves a
        field out, True ticks a box, a list sends a value each. `button` is the name, value or "name=value" of
        the button pressed, needed where there are several. A field that the form does not have fails the
        test, unless it is `forged`.
        """
        wanted = {**(fields or {}), **more}
        form = choose_form(self.page(url), url, action, set() if forged else set(wanted))
        unknown = set(wanted) - form.names
        assert forged or not unknown, f"the form to {form.action} has no {sorted(unknown)}, but {sorted(form.names)}"
        data = filled_in(form, wanted) + pressed(form, button)
        target = form.action or url
        if form.method == "get":
            return self.get(target, query_string=data)
        return self.post(target, data=_multi(data), headers={"Referer": f"http://localhost{url}"})


def check(response: TestResponse) -> Page | None:
    """Fail the test if an answer lacks its policy or is a faulty page; the page, if it is one. Redirects carry no page
    of ours."""
    where = f"{response.request.method} {response.request.path}"
    policy = response.headers.get("Content-Security-Policy", "")
    assert "default-src 'none'" in policy, f"{where}: no Content-Security-Policy with default-src 'none'"
    assert "unsafe-" not in policy, f"{where}: the Content-Security-Policy allows {policy}"
    if response.mimetype != "text/html" or 300 <= response.status_code < 400 or response.request.method == "HEAD":
        return None
    page = Page(response.text)
    faults = page.faults()
    assert not faults, f"{where} ({response.status_code}):\n  " + "\n  ".join(faults)
    return page


def choose_form(page: Page, url: str, action: str | None, fields: set[str]) -> Form:
    """The form meant; fails the test, with the actions of the page, if there is none or more than one."""
    forms = page.forms()
    if action is None:
        fitting = [form for form in forms if fields <= form.names]
    else:
        fitting = [form for form in forms if form.action.partition("?")[0].endswith(action) or form.action == action]
        if len(fitting) > 1:
            fitting = [form for form in fitting if fields <= form.names]
    there = [(form.method, form.action, sorted(form.names)) for form in forms]
    assert fitting, f"{url} has no form to {action} with {sorted(fields)}; there are {there}"
    assert len(fitting) == 1, f"{url} has {len(fitting)} such forms; name one of {there}"
    return fitting[0]


def filled_in(form: Form, wanted: Mapping[str, Value]) -> list[tuple[str, str]]:
    """The fields of the form with the wanted values instead of those that stand there."""
    kept = [(name, value) for name, value in form.fields if name not in wanted]
    return kept + [(name, value) for name, given in wanted.items() for value in as_texts(given)]


def as_texts(given: Value) -> list[str]:
    """What a browser sends for a value: nothing for None and False, one text, or several."""
    if given is None or given is False:
        return []
    if given is True:
        return ["y"]
    return [str(given)] if isinstance(given, str | int) else [str(value) for value in given]


def pressed(form: Form, button: str | None) -> list[tuple[str, str]]:
    """The name and value that the button pressed adds to the form."""
    if button is None:
        assert len(form.buttons) <= 1, f"the form to {form.action} has several buttons: {form.buttons}"
        found = form.buttons
    else:
        found = [(name, value) for name, value in form.buttons if button in (name, value, f"{name}={value}")]
        assert len(found) == 1, f"the form to {form.action} has no single button {button!r}: {form.buttons}"
    return [(name, value) for name, value in found if name]


def _multi(data: list[tuple[str, str]]) -> dict[str, list[str]]:
    collected: dict[str, list[str]] = {}
    for name, value in data:
        collected.setdefault(name, []).append(value)
    return collected
