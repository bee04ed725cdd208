"""Names, handles and links become marks."""

import pytest

from listener.understanding.names import LINK, OURS, SOMEBODY, THEIRS, Names
from listener.understanding.scope import scoped

NAMES = Names(("Acme Flow", "@acmeflow", "acmeflow.example", "アクメ"), ("Globex", "Best Buy"))


@pytest.mark.parametrize(
    ("text", "neutral"),
    [
        ("ACME FLOW's app", f"{OURS}'s app"),
        ("acme-flow and @AcmeFlow", f"{OURS} and {OURS}"),
        ("#Globex vs @someone", f"{THEIRS} vs {SOMEBODY}"),
        ("best  buy", THEIRS),
        ("このアクメは", f"この{OURS}は"),
        ("acme flows", "acme flows"),
        ("see https://x.example/?q=joy", f"see {LINK}"),
        ("#NeverAgain", "Never Again"),
        ("#BestBuyFail", f"{THEIRS} Fail"),
        ("globexical", "globexical"),
    ],
)
def test_names_become_marks(text: str, neutral: str) -> None:
    assert NAMES.neutral(text) == neutral


def test_without_any_names_only_handles_and_links_are_marked() -> None:
    assert Names((), ("",)).neutral("@a likes b.") == f"{SOMEBODY} likes b."


def test_the_names_of_others_come_back_as_written() -> None:
    assert NAMES.theirs("globex, Best Buy and GLOBEX") == ("globex", "Best Buy", "GLOBEX")


@pytest.mark.parametrize(
    ("text", "about_us"),
    [
        (f"{OURS} is bad but {THEIRS} is good", f"{OURS} is bad"),
        (f"{THEIRS} is good. {OURS} is bad. I left.", f"{OURS} is bad. I left."),
        (f"{OURS} is better than {THEIRS}", f"{OURS} is better"),
        (f"{THEIRS} is good", f"{THEIRS} is good"),
        (f"{OURS} and {THEIRS} are good", f"{OURS} and {THEIRS} are good"),
        ("no names at all. None.", "no names at all. None."),
    ],
)
def test_the_brands_clauses_are_kept(text: str, about_us: str) -> None:
    assert scoped(text) == about_us
