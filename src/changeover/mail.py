"""Sends e-mail by SMTP, each attempt with a word on how it went."""

from __future__ import annotations

from email.message import EmailMessage

import aiosmtplib

from changeover.settings import Settings
from changeover.webhooks.outbox import Reply

_SECONDS = 15.0
_SENT, _REFUSED = 250, 550


class SmtpMailer:
    """Hands e-mail to the SMTP server of the settings; a connection for each, so that nothing is half said."""

    def __init__(self, settings: Settings) -> None:
        self._at = settings

    async def send(self, message: EmailMessage) -> Reply:
        """What the server answered: 250, a final no, or (0) why it did not answer."""
        secret = self._at.smtp_password
        try:
            await aiosmtplib.send(
                message,
                hostname=self._at.smtp_host,
                port=self._at.smtp_port,
                username=self._at.smtp_user or None,
                password=secret.get_secret_value() if secret else None,
                use_tls=self._at.smtp_security == "tls",
                start_tls=self._at.smtp_security == "starttls",
                timeout=_SECONDS,
            )
        except aiosmtplib.SMTPRecipientsRefused as refused:
            codes = [each.code for each in refused.recipients]
            final = all(code >= _REFUSED for code in codes)
            return Reply(0, problem=f"The mail server refuses the address ({codes[:1]}).", final=final)
        except (aiosmtplib.SMTPException, OSError) as problem:
            return Reply(0, problem=f"{type(problem).__name__}: the mail server did not take it.")
        return Reply(_SENT)
