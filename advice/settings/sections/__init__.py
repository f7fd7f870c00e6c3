"""Everything that a programme file holds, on screens: a list a section, and one form for a row of any of them.

`/indstillinger/<section>`              the rows: in force first, what is over folded away
`/indstillinger/<section>/ny`           a new row; where rows come in kinds (`variants`), the kind is chosen first
`/indstillinger/<section>/<row>`        one row: what it holds, where it was decided; moved, withdrawn, made over

No screen knows a section. formats/programme_file says what its fields hold; here stand their words and their use:

`words`      the sections in Danish: address, name, help, what a list shows
`variants`   which fields a kind of row needs, may have, and does not know
`leaves`     the fields of a form, one by one, from what the file's fields hold
`forms`      the form made from the leaves, and the row that a sent one says
`sentences`  what the checks of the file find, at the fields and in the words of the screens
`lines`      a row in a list, or in a few words
`pages`      the page of a row, and that on which its kind is chosen
`effects`    what a change does to the days ahead, asked first; what is said when it is stored
`saving`     a sent form read, checked, compared with what stands, and stored
`views`      the addresses

The labels and hints of the fields are in settings/field_words, since the log uses them too.
"""
