"""Free text in forms: no CPR number gets in, on no form; what no text needs is taken out; nothing else is lost."""

from __future__ import annotations

import importlib
import logging
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest
import wtforms
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from wtforms import EmailField, FieldList, HiddenField, PasswordField, StringField, TextAreaField
from wtforms.fields.core import UnboundField
from wtforms.validators import InputRequired, Optional

import advice
from advice import web
from advice.web_fields import NO_CPR, ClockField, FreeText, LineField, NoteField, lines, one_line

NO_FREE_TEXT = (EmailField, PasswordField, HiddenField, ClockField)
"""Fields a line can be typed into that is read as something else: checked by what it must look like, or hashed."""
ONE_TIME_CODES = {
    "advice.accounts.forms.CodeForm.code",
    "advice.accounts.forms.NewAppForm.code",
    "advice.accounts.forms.RecoveryForm.code",
}
"""Compared with a code that the program made, and kept nowhere."""
CPR = "150190-1234"
REFUSED = str(NO_CPR)


class Sheet(web.Form):
    """What the forms of the program look like."""

    title = LineField("Titel", [InputRequired("Skriv en titel.")], most=40)
    note = NoteField("Note", [Optional()], most=140)


def sent(app: Flask, **typed: str) -> Sheet:
    """The form after somebody sent it."""
    app.config["WTF_CSRF_ENABLED"] = False
    with app.test_request_context("/", method="POST", data={"title": "Fint", **typed}):
        form = Sheet()
        form.validate()
        form.shown = " ".join(str(field()) for field in form)
        return form


def fields_of(form: type[wtforms.Form]) -> Iterator[tuple[str, type[wtforms.Field]]]:
    """The fields of a form, those inside of lists of fields too."""
    for name in dir(form):
        field = getattr(form, name)
        while isinstance(field, UnboundField) and issubclass(field.field_class, FieldList):
            field = field.args[0]
        if isinstance(field, UnboundField):
            yield name, field.field_class


def unchecked(forms: list[type[wtforms.Form]]) -> list[str]:
    """The fields of free text that refuse no CPR number."""
    return [
        f"{form.__module__}.{form.__name__}.{name}"
        for form in forms
        for name, kind in fields_of(form)
        if issubclass(kind, StringField) and not issubclass(kind, (*NO_FREE_TEXT, FreeText))
    ]


def all_forms(start: type[Any] = wtforms.Form) -> Iterator[type[wtforms.Form]]:
    """Every form class there is below `start`."""
    for form in start.__subclasses__():
        yield form
        yield from all_forms(form)


@pytest.mark.t15
class TestEveryForm:
    """None can be forgotten."""

    def test_every_free_text_field_of_the_program_refuses_cpr_numbers(self) -> None:
        for module in pkgutil.walk_packages(advice.__path__, "advice."):
            importlib.import_module(module.name)
        forms = [form for form in all_forms() if form.__module__.startswith("advice.")]
        assert len(forms) > 5
        # Equal, so that the list holds no field that is gone.
        assert set(unchecked(forms)) == ONE_TIME_CODES

    def test_one_that_does_not_is_found(self) -> None:
        class Loose(wtforms.Form):
            name = StringField()
            notes = FieldList(TextAreaField())
            fine = LineField(most=3)
            email = EmailField()

        assert [name.rpartition(".")[2] for name in unchecked([Loose])] == ["name", "notes"]


@pytest.mark.t15
class TestCpr:
    """Refused with a sentence, and nowhere again."""

    @pytest.mark.parametrize("field", ["title", "note"])
    @pytest.mark.parametrize("typed", ["Ring til {} i dag", "{}"])
    def test_the_field_comes_back_with_the_sentence_and_without_the_number(
        self, app: Flask, field: str, typed: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        form = sent(app, **{field: typed.format(CPR)})
        assert form.errors == {field: [REFUSED]}
        assert one_line(form[field].data) == one_line(typed.format(""))
        held = f"{form.shown} {form.data} {form[field].raw_data} {caplog.text} {form.errors}"
        assert "1234" not in held and "150190" not in held

    def test_what_else_was_typed_stays(self, app: Flask) -> None:
        form = sent(app, title="Møde", note=f"Ring {CPR}\nkl. 12 på 20 12 15 33")
        assert (form.title.data, form.note.data) == ("Møde", "Ring\nkl. 12 på 20 12 15 33")
        assert form.errors == {"note": [REFUSED]}
        assert "20 12 15 33" in form.shown

    def test_invisible_characters_and_other_digits_hide_nothing(self, app: Flask) -> None:
        for typed in ("١٥٠١٩٠-١٢٣٤", "150190\u200b-12\u202e34", "1\u20605 01 90 1234", "１５０１９０１２３４"):
            assert sent(app, note=typed).errors == {"note": [REFUSED]}

    def test_without_the_number_the_same_form_is_taken(self, app: Flask) -> None:
        form = sent(app, title="Møde", note="Ring 20 12 15 33, 23/11-2026 kl. 12.30")
        assert form.errors == {}
        assert form.data["note"] == "Ring 20 12 15 33, 23/11-2026 kl. 12.30"


@pytest.mark.t11
class TestWhatIsTaken:
    """Characters and length."""

    def test_too_long_is_said_and_what_was_typed_stays(self, app: Flask) -> None:
        assert sent(app, title="å" * 40).errors == {}
        form = sent(app, title="å" * 41)
        assert form.errors == {"title": ["Skriv højst 40 tegn."]}
        assert "å" * 41 in form.shown
        assert 'maxlength="40"' in form.shown

    def test_a_megabyte_is_refused_and_not_repeated(self, app: Flask) -> None:
        form = sent(app, note="1 " * 500_000)
        assert form.errors == {"note": ["Skriv højst 140 tegn."]}
        assert len(form.shown) < 3_000

    @pytest.mark.parametrize("typed", ["", " ", "\u2028", "\r", "\x00", "\u202e"])
    def test_nothing_to_be_seen_is_nothing(self, app: Flask, typed: str) -> None:
        form = sent(app, title=typed, note=typed)
        assert form.errors == {"title": ["Skriv en titel."]}
        assert form.note.data == ""

    @given(st.text())
    def test_no_text_keeps_a_control_character_or_a_mark_that_turns_it(self, text: str) -> None:
        for kept in (one_line(text), lines(text)):
            assert not set(kept) & {*map(chr, range(32)), *map(chr, range(0x7F, 0xA0)), *"\u202a\u202e\u2028\ufeff"} - {
                "\n"
            }
            assert kept == kept.strip()
        assert "\n" not in one_line(text)

    def test_lines_stay_lines_and_families_stay_families(self) -> None:
        assert lines(" a\r\nb\rc \u2028d\n\n") == "a\nb\nc\nd"
        assert (
            one_line("A\u030a b\r\nSet-Cookie: x \U0001f468\u200d\U0001f469")
            == "Å b Set-Cookie: x \U0001f468\u200d\U0001f469"
        )
