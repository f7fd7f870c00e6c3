"""The programme file: a whole programme as TOML. docs/programme-file.md is the manual of the format.

document    read a file with every fault named, write one: the way in
sections    the sections field by field: types, limits, defaults
catalogue   the sections of what is tapped on a visit and what is measured; the whole file
fields      what may stand in one field: words, codes, times, days, references
checks      what no single field can know: fields that do not go together, hours that overlap
codes       references that lead nowhere, rows that stand twice
lines       the line of a field in the text
sentences   what pydantic found, in plain Danish
rows        the file as rows with keys, and back, for whoever compares it with a database
"""
