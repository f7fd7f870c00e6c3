"""The blueprint of the settings; its screens hang themselves on it."""

from flask import Blueprint

blueprint = Blueprint("settings", __name__)
