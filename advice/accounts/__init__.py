"""Log-in in two steps, log-out, one's own account, and which membership a session works under.

`/log-ind`             anyone   e-mail and password, or a passkey (`/log-ind/adgangsnoegle`), which is both steps; a
                                password alone is enough only for invented people in a demonstration, and on an
                                enrolled tablet for what the tablet is for
`/log-ind/trin`        anyone   after a right password: the code of an authenticator, or a passkey;
`/log-ind/trin/papir`           or a code from the paper
`/log-ind/tjeneste`    anyone   the organisations whose people log in with the account they have there, where these are
                                too many for buttons on `/log-ind`; `/<organisation>` sends her to the organisation's
                                service, which answers to `/<organisation>/svar` (OIDC)
`/invitation/<token>`  anyone   who was invited chooses her first password, once, within 7 days
`/konto/tilknytning/<token>`    who belongs somewhere already says yes or no to one more membership, logged in
`/glemt`               anyone   a mail with a link to a new password (adgangskode), which is chosen at
`/nyt-kodeord/<token>`          this address: the same answer whoever asks
`/konto`               staff    Min konto: what she logs in with, and where she is logged in (`/konto/sessioner/…`)
`/konto/adgangskode`   staff    another password
`/konto/pinkode`       staff    a PIN for tablets
`/konto/sikkerhed`     staff    an authenticator (`/konto/app/fjern`) or a passkey (`/konto/adgangsnoegle/…`);
                                whoever has none comes here first after log-in
`/konto/koder`         staff    the codes for the paper, shown once
`/konto/bekraeft`      staff    who she is, shown again: only who did so lately changes what opens the account
`/log-ud`              staff    a POST form on every staff page; the session is emptied
`/skift`               staff    those who serve two programmes or organisations choose the one they work in now

A session is always begun anew at log-in. A wrong e-mail and a wrong password get the same sentence after the
same time, so that nobody can find out who works here.
"""
