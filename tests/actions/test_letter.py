"""A mail written by us is read by others as what it was."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from listener.actions.letter import LINE, letter

TEXTS = [
    "Hello,\n\nall is well.",
    "",
    ".\n..\n.a line that begins with a dot\nFrom me",
    "Grüße =20 aus Köln \t\n trailing spaces   \nund noch etwas = mehr",
    "同期が止まっています。\n" * 40,
    "x" * 3_000,
    "one\rtwo\r\nthree",
]


def read(content: bytes) -> EmailMessage:
    return message_from_bytes(content, _class=EmailMessage, policy=policy.default)  # type: ignore[return-value]


@pytest.mark.parametrize("text", TEXTS)
def test_both_parts_are_read_as_they_were_written(text: str) -> None:
    content = letter("care@acme.example", ["kim@firm.example"], [], text, f"<p>{text}</p>").content
    plain, html = (part.get_content() for part in read(content).iter_parts())

    wanted = text.replace("\r\n", "\n").replace("\r", "\n")
    assert plain.replace("\r\n", "\n") == f"{wanted}\n"
    assert html.replace("\r\n", "\n") == f"<p>{wanted}</p>\n"
    assert max(map(len, content.split(b"\r\n"))) <= LINE
    assert b"\n" not in content.replace(b"\r\n", b"")


@pytest.mark.parametrize("subject", ["Sync is down", "Störung: wir sind dran " * 9, "同期" * 200, "long " * 400, ""])
def test_a_subject_is_read_as_it_was_written(subject: str) -> None:
    content = letter("care@acme.example", ["kim@firm.example"], [("Subject", subject)], "text", "text").content

    assert read(content)["subject"].strip() == subject.strip()
    assert content.partition(b"\r\n\r\n")[0].isascii()


def test_names_of_people_are_kept_and_the_server_is_told_the_addresses() -> None:
    mail = letter('"Käthe, Care" <care@acme.example>', ["Lee <lee@firm.example>", "kim@firm.example"], [], "a", "b")

    assert (mail.sender, mail.to) == ("care@acme.example", ("lee@firm.example", "kim@firm.example"))
    found = read(mail.content)
    assert found["from"].addresses[0].display_name == "Käthe, Care"
    assert [each.addr_spec for each in found["to"].addresses] == list(mail.to)


@pytest.mark.parametrize("value", ["a\nBcc: all@firm.example", "a\r\nBcc: all@firm.example", "ä\rb"])
def test_a_line_break_in_a_header_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="line break"):
        letter("care@acme.example", ["kim@firm.example"], [("Subject", value)], "a", "b")
