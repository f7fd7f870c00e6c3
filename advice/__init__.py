"""Åben Rådgivning: opening hours, vagtplan, visits and calendars of open advice in one place.

    app.py        create_app: settings, database, log-in, blueprints, error pages, commands
    rules/        what the field means, pure: hours, staffing, visits, indicators, access
    models/       the tables and the questions asked of them
    formats/      what leaves the program: calendars, the programme file
    actions/      what people do: a rule, some rows, a flush
    public/ accounts/ roster/ visits/ feeds/ indicators/     the screens, one blueprint each
    demo/         two programme files and the loader of invented people, plan and visits

Imports go down only: app -> blueprints -> web -> actions -> formats -> models -> database -> rules.
"""
