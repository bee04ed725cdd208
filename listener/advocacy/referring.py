"""Referral codes, and what a shop's report makes of one newcomer: the same whatever order the reports come in."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from listener.model.referral import Brought, Report

REFERRAL = "referral"  # what the proofs in codes are signed for
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that is read as something else
DRAWN, SIGNED = 6, 5
WHATS = ("signed_up", "purchased", "refunded")

Digest = Callable[[str], str]


def new_code(digest: Digest) -> str:
    """A code of 11 letters and digits: 6 drawn, 5 that prove it is ours. It says nothing about the customer."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(DRAWN))
    return drawn + _proof(drawn, digest)


def is_ours(code: str, digest: Digest) -> bool:
    """Whether a code was made here: one guess in 28 million passes, before the store is asked at all."""
    known = len(code) == DRAWN + SIGNED and set(code) <= set(ALPHABET)
    return known and secrets.compare_digest(code[DRAWN:], _proof(code[:DRAWN], digest))


def _proof(drawn: str, digest: Digest) -> str:
    number = int(digest(drawn)[:16], 16)
    letters = []
    for _ in range(SIGNED):
        number, index = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[index])
    return "".join(letters)


def after(known: Brought | None, report: Report, refused: str) -> Brought:
    """The newcomer after one more report. `refused` says why this referral cannot count ("" when it can).

    The same reports give the same end in any order: times are the earliest, worth is a sum, and a newcomer whose
    purchases were all refunded has signed up and no more.
    """
    old = known or Brought("signed_up")
    if report.what == "signed_up":
        new = replace(old, signed_up_at=_earlier(old.signed_up_at, report.at))
    elif report.what == "purchased":
        new = replace(old, purchased_at=_earlier(old.purchased_at, report.at), worth=old.worth + report.worth)
    else:
        new = replace(old, refunded_at=_earlier(old.refunded_at, report.at), worth=old.worth - report.worth)
    if refused or old.status == "rejected":
        return replace(new, status="rejected", why=refused or old.why)
    bought = new.purchased_at is not None and not (new.refunded_at and new.worth <= 0)
    return replace(new, status="purchased" if bought else "signed_up")


def _earlier(one: datetime | None, other: datetime) -> datetime:
    return min(one, other) if one else other
