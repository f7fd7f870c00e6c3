"""The blueprint of log-in and accounts; its screens hang themselves on it."""

from flask import Blueprint

blueprint = Blueprint("accounts", __name__)
