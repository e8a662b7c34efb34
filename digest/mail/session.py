"""Opening a session: connection, TLS as asked for, login. smtplib does it.

What is said in the session afterwards is `digest.mail.pipeline`'s.
"""

from __future__ import annotations

import smtplib
import ssl

from digest.errors import CarrierUnavailable
from digest.settings import SmtpSettings

_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


def open_session(server: SmtpSettings) -> smtplib.SMTP:
    """A session that has said EHLO for the last time: its `esmtp_features` are those that count.

    Raises:
        CarrierUnavailable: no connection, no TLS although it is required, a false certificate, or the login is refused.
    """
    where = f"{server.host}:{server.port}"
    if server.username and server.security == "off" and server.host not in _THIS_MACHINE:
        raise CarrierUnavailable(f"{where}: a password is not sent without TLS; smtp.security must not be `off` here")
    try:
        session = _connect(server)
    except (OSError, smtplib.SMTPException) as error:
        raise CarrierUnavailable(f"{where}: {_words(error)}") from error
    try:
        session.ehlo_or_helo_if_needed()
        if server.security in ("offered", "required"):
            _start_tls(session, server)
        if server.username:
            session.login(server.username, server.password.get_secret_value())
    except (OSError, smtplib.SMTPException) as error:
        session.close()
        raise CarrierUnavailable(f"{where}: {_words(error)}") from error
    except CarrierUnavailable:
        session.close()
        raise
    return session


def _connect(server: SmtpSettings) -> smtplib.SMTP:
    name = server.hello or None
    if server.security == "implicit":
        return smtplib.SMTP_SSL(
            server.host,
            server.port,
            local_hostname=name,
            timeout=server.timeout_seconds,
            context=ssl.create_default_context(),
        )
    return smtplib.SMTP(server.host, server.port, local_hostname=name, timeout=server.timeout_seconds)


def _start_tls(session: smtplib.SMTP, server: SmtpSettings) -> None:
    """STARTTLS (RFC 3207).

    Where clear text would do, so does TLS with any certificate (RFC 7435); a password goes only to a proven server.
    """
    must = server.security == "required" or bool(server.username)
    if not session.has_extn("starttls"):
        if must:
            raise CarrierUnavailable(
                f"{server.host}:{server.port}: the server does not offer STARTTLS,"
                " and it is required here (always so for a login)"
            )
        return
    context = ssl.create_default_context()
    if not must:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    session.starttls(context=context)
    session.ehlo_or_helo_if_needed()


def _words(error: Exception) -> str:
    """What went wrong in one line."""
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error if isinstance(error.smtp_error, str) else error.smtp_error.decode("ascii", "replace")
        return f"{error.smtp_code} {' '.join(text.split())}"
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return " ".join(said.split()) or type(error).__name__
