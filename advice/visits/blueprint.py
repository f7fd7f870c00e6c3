"""The blueprint of visits, by itself so that every module here can put its screens on it."""

from flask import Blueprint

blueprint = Blueprint("visits", __name__)
