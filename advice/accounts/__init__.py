"""Log-in, log-out, and which membership a session works under.

`/log-ind`   anyone    e-mail and password; a password alone is enough only for invented people in a demonstration
`/log-ud`    staff     a POST form on every staff page; the session is emptied
`/skift`     staff     those who serve two programmes or organisations choose the one they work in now

A session is always begun anew at log-in. A wrong e-mail and a wrong password get the same sentence after the
same time, so that nobody can find out who works here.
"""
