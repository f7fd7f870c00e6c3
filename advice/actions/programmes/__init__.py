"""A programme and its file, against the database.

exchange    import a file that was read, export a programme: the way in
tables      which section goes to which table, and what becomes of a row that the file leaves out
stored      a programme's rows as they stand, in the shape of the file
bring       make the rows of one table what the file says
words       what an import did, in lines
"""
