"""The blueprint of shared tablets; its screens hang themselves on it."""

from flask import Blueprint

blueprint = Blueprint("tablets", __name__)
