"""Small HTML pages for people outside: no script, nothing from elsewhere, every word escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from http import HTTPStatus

from listener.web.contract import HTML, Answer

_STYLE = (
    "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:3rem auto;padding:0 1rem;color:#222}"
    "button{font:inherit;padding:.6rem 1.4rem;border:0;border-radius:.4rem;background:#1a5fb4;color:#fff}"
    "blockquote{margin:1rem 0;padding:.2rem 1rem;border-left:.25rem solid #bbb;overflow-wrap:anywhere}"
    "th{text-align:left;padding-right:1rem;font-weight:600}hr{border:0;border-top:1px solid #ddd;margin:2rem 0}"
    "hr~form button{background:#fff;color:#a51d2d;box-shadow:inset 0 0 0 1px #a51d2d}"
    "label{display:block;margin:.8rem 0}textarea,input[type=text],select{font:inherit;width:100%;box-sizing:border-box}"
)
# frames are refused, so that nobody can lay a page of theirs over a button of ours
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}


def sheet(title: str, *parts: str, status: HTTPStatus = HTTPStatus.OK) -> Answer:
    """A page. `parts` are HTML: made by the functions here, which escape what they are given."""
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
    body = f"<h1>{escape(title)}</h1>{''.join(parts)}"
    page = f'<!doctype html><html lang="en"><head>{head}<style>{_STYLE}</style></head><body>{body}</body></html>'
    return Answer(status, page.encode(), HTML, _HEADERS)


def said(text: str) -> str:
    """A paragraph for each line."""
    return "".join(f"<p>{escape(line)}</p>" for line in text.splitlines() if line.strip())


def quoted(text: str) -> str:
    """Somebody's words, line by line."""
    return f"<blockquote>{'<br>'.join(map(escape, text.splitlines()))}</blockquote>"


def linked(address: str | None, label: str) -> str:
    """A link to elsewhere on the web; nothing for an address that is none."""
    sound = address is not None and address.startswith(("https://", "http://"))
    return f'<p><a href="{escape(address)}" rel="noreferrer">{escape(label)}</a></p>' if sound and address else ""


def facts(*pairs: tuple[str, str]) -> str:
    """A small table of those that are known."""
    rows = (f'<tr><th scope="row">{escape(name)}</th><td>{escape(value)}</td></tr>' for name, value in pairs if value)
    return f"<table>{''.join(rows)}</table>"


def form(button: str, *fields: str, **hidden: str) -> str:
    """A form that posts to the address of its own page, with these values hidden in it."""
    kept = (f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in hidden.items())
    return f'<form method="post">{"".join((*kept, *fields))}<p><button>{escape(button)}</button></p></form>'


def line(name: str, label: str, most: int = 200) -> str:
    """A field of one line."""
    return f'<label>{escape(label)}<input type="text" name="{escape(name)}" maxlength="{most}"></label>'


def lines(name: str, label: str, most: int = 4_000, text: str = "") -> str:
    """A field of several lines, with a text to change."""
    # the first line break behind the tag is not part of the text
    area = f'<textarea name="{escape(name)}" rows="{8 if text else 4}" maxlength="{most}">\n{escape(text)}</textarea>'
    return f"<label>{escape(label)}{area}</label>"


def choice(name: str, label: str, values: Iterable[str], chosen: str = "") -> str:
    """One of these values, as buttons beside each other."""
    radios = "".join(
        f'<label style="display:inline-block;margin:.3rem .6rem .3rem 0"><input type="radio" name="{escape(name)}" '
        f'value="{escape(value)}" required{" checked" if value == chosen else ""}> {escape(value)}</label>'
        for value in values
    )
    return f"<fieldset><legend>{escape(label)}</legend>{radios}</fieldset>"


def several(name: str, label: str, values: Iterable[str]) -> str:
    """Any of these values; each ticked one is a field `name.value`."""
    boxes = "".join(
        f'<label><input type="checkbox" name="{escape(f"{name}.{value}")}"> {escape(value)}</label>' for value in values
    )
    return f"<fieldset><legend>{escape(label)}</legend>{boxes}</fieldset>"
