"""A programme and its file, against the database.

exchange    import a file that was read, export a programme: the way in
tables      which section goes to which table, and what becomes of a row that the file leaves out
first_programme   on an empty database, named after its codes until somebody names it
stored      a programme's rows as they stand, in the shape of the file
bring       make the rows of one table what the file says
editing     one row changed on a screen, by the same checks and the same import
blame       which faults an edit brings about, and which stood before
reach       what a change does to the openings and shifts ahead
words       what an import did, in lines
"""
