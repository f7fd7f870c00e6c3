"""`user`: bring the first people in."""

from __future__ import annotations

import re
from typing import NoReturn

import click
from flask.cli import AppGroup

from advice import web
from advice.actions import invitations, people
from advice.actions.memberships import Post
from advice.actions.people_checks import By
from advice.actions.people_refusals import AlreadyMember, ShutOut, Stale
from advice.actions.programmes.first_programme import first_programme
from advice.commands.database import demand_current_schema
from advice.database import begin_write, db
from advice.models.people import by_email
from advice.models.people_questions import expected, memberships_ahead, organisations_of
from advice.models.programmes import by_slug, everything
from advice.rules.access import Role
from advice.rules.characters import held
from advice.rules.cpr import holds_cpr
from advice.rules.danish import RESERVED_SLUGS, is_slug
from advice.rules.mail import one_line, plain_address

CODE = re.compile(r"[^\W_](?:[\w.-]*[^\W_])?")
LONGEST_CODE = 60
LONGEST_NAME = 120

user_group = AppGroup("user", help="People: bring the first ones in; the others are invited on the screens.")


@user_group.command("add")
@click.argument("email")
@click.option("--name", required=True, help="As colleagues know the person.")
@click.option("--role", required=True, type=click.Choice([str(role) for role in Role]))
@click.option("--organisation", "code", required=True, help="The code of the organisation.")
@click.option("--programme", "slug", required=True, help="The slug of the programme.")
def add_user(email: str, name: str, role: str, code: str, slug: str) -> None:
    """Make a person and print a one-time invitation link.

    On an empty database the programme and the organisation are made too; the person must then be its coordinator. Run
    again for somebody who has not been in yet, it prints a new link.
    """
    demand_current_schema()
    address, name = checked_email(email), checked_name(name)
    begin_write()
    programme_id, organisation_id = found_or_made(slug, code, Role(role))
    by = By(None, web.now(), web.today())
    try:
        token = brought_in(programme_id, address, name, Post(Role(role), organisation_id), by)
    except ShutOut as error:
        db.session.rollback()
        raise click.ClickException(f"{address} is disabled. Enable the person on the screens first.") from error
    db.session.commit()
    if token is None:
        click.echo(f"{address} has an account already and logs in as before, now here too.")
        return
    tell_link(address, token)


@user_group.command("reset")
@click.argument("email")
def reset_user(email: str) -> None:
    """For who has lost password or second factor, and nobody else can help: begin anew, with a one-time link."""
    demand_current_schema()
    address = checked_email(email)
    begin_write()
    by = By(None, web.now(), web.today())
    person = by_email(address)
    ahead = memberships_ahead(person.id, by.today) if person else []
    if not ahead:
        refuse(f"{address} belongs to no programme today.")
    try:
        token = people.start_over(ahead[0].programme_id, ahead[0].id, by)
    except ShutOut as error:
        db.session.rollback()
        raise click.ClickException(f"{address} is disabled. Enable the person on the screens first.") from error
    db.session.commit()
    tell_link(address, token)


def tell_link(address: str, token: str) -> None:
    """Print a link, this once."""
    click.echo(f"{address} opens this link within 7 days, once, and chooses a password:")
    click.echo(f"{own_address()}/invitation/{token}")


def brought_in(programme_id: int, email: str, name: str, post: Post, by: By) -> str | None:
    """The secret of the invitation; None for who can log in already. Raises ShutOut, or ends with a sentence."""
    try:
        return invitations.invite(programme_id, email, name, post, by).token
    except AlreadyMember:
        return renewed(programme_id, email, post, by)


def renewed(programme_id: int, email: str, post: Post, by: By) -> str | None:
    """The secret of a new invitation for a member who has not been in yet; ends with a sentence for who has.

    What she has only been offered is hers from now on; None if she can log in already. Raises ShutOut.
    """
    person = by_email(email)
    same = expected(person.id, programme_id, post.organisation_id, by.today) if person else None
    if same is None:
        refuse(f"{email} is there already.")
    if same.role != post.role:
        refuse(f"{email} is there already, as {same.role}. Change the role on the screens.")
    try:
        return invitations.renew(programme_id, same.id, by).token
    except Stale as error:
        db.session.rollback()
        raise click.ClickException(f"{email} is there already, and has chosen a password.") from error


def found_or_made(slug: str, code: str, role: Role) -> tuple[int, int]:
    """The ids of programme and organisation, made if the database is empty. Ends with a sentence on nonsense."""
    programmes = everything()
    if not programmes:
        demand_first(slug, code, role)
        programme, organisation = first_programme(slug, code, web.now(), web.today())
        click.echo(f"The database was empty: made the programme {slug} with the organisation {code}.")
        return programme.id, organisation.id
    there = by_slug(slug)
    if there is None:
        refuse(f"There is no programme {slug}. There are: {', '.join(one.slug for one in programmes)}.")
    organisations = organisations_of(there.id, web.today())
    fitting = next((one for one in organisations if one.code == code), None)
    if fitting is None:
        refuse(f"{slug} has no organisation {code}. There are: {', '.join(one.code for one in organisations)}.")
    return there.id, fitting.id


def demand_first(slug: str, code: str, role: Role) -> None:
    """End with a sentence unless a first programme can be made of this."""
    if role is not Role.COORDINATOR:
        refuse("The database is empty: the first person must be a coordinator (--role coordinator).")
    if not is_slug(slug) or len(slug) > LONGEST_CODE or slug in RESERVED_SLUGS:
        refuse(
            f"{slug!r} cannot be an address: small letters a-z, digits and hyphens, and no word of the program's own."
        )
    if not CODE.fullmatch(code) or len(code) > LONGEST_CODE:
        refuse(f"{code!r} is no code: letters and digits, and between them hyphens, dots and underscores.")


def checked_email(text: str) -> str:
    """The address in small letters; ends with a sentence if it is none."""
    if plain_address(text.strip()) is None:
        raise click.ClickException(f"{text!r} is no e-mail address, like name@example.org.")
    return text.strip().lower()


def checked_name(text: str) -> str:
    """The name on one line; ends with a sentence if there is nothing left, too much, or a CPR number in it."""
    name = one_line(held(text))
    if not name or len(name) > LONGEST_NAME:
        raise click.ClickException(f"A name has 1 to {LONGEST_NAME} characters.")
    if holds_cpr(name):
        raise click.ClickException("The name holds what looks like a CPR number. Leave it out.")
    return name


def own_address() -> str:
    """The address people use, or this machine's own."""
    settings = web.settings()
    return settings.base_url or f"http://localhost:{settings.port}"


def refuse(sentence: str) -> NoReturn:
    """End with a sentence and nothing stored."""
    db.session.rollback()
    raise click.ClickException(sentence)
