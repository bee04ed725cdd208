"""Samples out of real mentions name nobody."""

import yaml

from rules.sample import sample
from rules.terms import Facts


def test_a_sample_has_nobody_to_be_recognised_in_it():
    facts = Facts(
        {
            "text": "Anna Schmidt here, mail anna@firm.example or @anna_s, order 123456, see https://x.example/anna",
            "sentiment": "negative",
            "topics": ("delivery",),
            "person.id": "C1",
            "customer.segment": "smb",
            "customer.name": "Anna Schmidt",
            "author.handle": "anna_s",
            "author.followers": 12,
            "url": "https://x.example/anna",
        }
    )

    made = yaml.safe_load(sample(7, facts, ("Anna Schmidt", "anna_s", None)))["samples"]["mention-7"]

    assert made == {
        "author.followers": 12,
        "customer.segment": "smb",
        "sentiment": "negative",
        "text": "Somebody here, mail somebody@example.org or @somebody, order 000000, see https://example.org",
        "topics": ["delivery"],
    }
