"""The blueprint of opening hours, in a module of its own so that its view modules can share it."""

from flask import Blueprint

blueprint = Blueprint("hours", __name__)
