"""Log-in in two steps, log-out, one's own account, and which membership a session works under.

`/log-ind`   anyone    e-mail and password, or a passkey, which is both steps; a password alone is enough only for
                       invented people in a demonstration, and on an enrolled tablet for what the tablet is for
`/log-ind/trin`        after a right password: the code of an authenticator, a passkey, or a code from the paper
`/konto`     staff     Min konto: password, second factors, PIN for tablets, where one is logged in. What opens the
                       account is changed only by who has shown lately who she is (`/konto/bekraeft`)
`/invitation/<token>`  who was invited chooses her first password, once, within 7 days
`/glemt`, `/nyt-kodeord/<token>`  a mail with a link to a new password: the same answer whoever asks
`/log-ud`    staff     a POST form on every staff page; the session is emptied
`/skift`     staff     those who serve two programmes or organisations choose the one they work in now

A session is always begun anew at log-in. A wrong e-mail and a wrong password get the same sentence after the
same time, so that nobody can find out who works here.
"""
