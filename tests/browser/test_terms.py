"""Terms in the browser: agreed on the person's page, told at a shift, and how the shifts are spread; checked by axe."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from advice.demo import loader
from tests.browser.conftest import NewContext
from tests.browser.demonstration import log_in
from tests.browser.test_plans import checked


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1280, "light")])
def test_what_is_agreed_is_told_when_a_shift_does_not_fit(
    demo: str, new_context: NewContext, width: int, scheme: str
) -> None:
    context = new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = log_in(context, demo, "alma.ahorn@example.org", loader.PASSWORD)
    page.goto(f"{demo}/indstillinger/personer")
    page.get_by_role("link", name="Leo Lind").click()
    page.get_by_role("link", name="Vilkår for vagtplanen").click()
    first = page.get_by_role("group", name="Række 1")
    first.get_by_label("Ugedag").select_option(label="torsdag")
    first.get_by_label("Fra kl.").fill("12")
    checked(page)
    page.get_by_role("button", name="Gem vilkår").click()
    expect(page.get_by_role("alert")).to_contain_text("Skriv, til hvornår.")
    checked(page)
    first.get_by_label("Til kl.").fill("15")
    page.get_by_role("button", name="Gem vilkår").click()
    expect(page.get_by_role("status").first).to_contain_text("Gemt: vilkår for Leo Lind")

    page.goto(f"{demo}/vagtplan/ny?sted=stenbjergparken&dag=2026-11-30")
    person = page.get_by_label("Person")
    last = person.locator("optgroup").last
    expect(last).to_have_attribute("label", "Væk eller kan ikke den dag")
    choice = last.locator("option").filter(has_text="Leo Lind")
    expect(choice).to_contain_text("kan normalt ikke mandag")
    person.select_option(value=choice.get_attribute("value"))
    page.get_by_role("button", name="Gem vagten").click()
    expect(page.get_by_text("Leo Lind: kan normalt ikke mandag.")).to_be_visible()

    page.goto(f"{demo}/vagtplan/fordeling/2026-4")
    expect(page.get_by_role("row", name="Alma Ahorn")).to_be_visible()
    assert "Leo Lind" not in page.content()
    checked(page)
