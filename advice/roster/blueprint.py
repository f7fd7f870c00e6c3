"""The blueprint of the vagtplan, in a module of its own so that its view modules can share it."""

from flask import Blueprint

blueprint = Blueprint("roster", __name__)
