"""An e-mail to a candidate: plain text and HTML, with headers that no word from outside can break."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from markupsafe import escape

from changeover.apply.application import clean

_LONGEST = 150


@dataclass(frozen=True, slots=True)
class Letter:
    """What an e-mail says. ``links`` are addresses by their words; ``quiet`` is where one says no to more."""

    to: str
    subject: str
    paragraphs: tuple[str, ...]
    number: str
    links: Mapping[str, str]
    quiet: str = ""
    sender: str = ""


def line_of(text: str) -> str:
    """Text that came from outside as one short line: a header made of it cannot become two."""
    told = clean(text)
    return told if len(told) <= _LONGEST else f"{told[: _LONGEST - 1]}…"


def compose(letter: Letter, mail_from: str) -> EmailMessage | None:
    """The letter from ``mail_from``, under the employer's name; None if its address is none that can be written to.

    The Message-ID is the letter's number: one that is sent again is recognised as the same.
    """
    message = EmailMessage(policy=SMTP)
    try:
        address = Address(addr_spec=mail_from)
        message["To"] = Address(addr_spec=letter.to)
    except (MessageError, ValueError, IndexError):
        return None
    message["From"] = Address(line_of(letter.sender), addr_spec=mail_from)
    message["Subject"] = line_of(letter.subject)
    message["Message-ID"] = f"<{letter.number}@{address.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    if letter.quiet:
        # RFC 8058: a mail program may unsubscribe with one click.
        message["List-Unsubscribe"] = f"<{letter.quiet}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(_plain(letter))
    message.add_alternative(_html(letter), subtype="html")
    return message


def _plain(letter: Letter) -> str:
    links = [f"{words}: {url}" for words, url in letter.links.items()]
    foot = [f"No more of these e-mails: {letter.quiet}"] if letter.quiet else []
    return "\n\n".join([*letter.paragraphs, *links, *foot]) + "\n"


def _html(letter: Letter) -> str:
    told = "".join(f"<p>{escape(each)}</p>" for each in letter.paragraphs)
    told += "".join(f'<p><a href="{escape(url)}">{escape(words)}</a></p>' for words, url in letter.links.items())
    if letter.quiet:
        told += f'<p><small><a href="{escape(letter.quiet)}">No more of these e-mails</a></small></p>'
    title = escape(line_of(letter.subject))
    return f'<!doctype html><html lang="en"><head><title>{title}</title></head><body>{told}</body></html>\n'
