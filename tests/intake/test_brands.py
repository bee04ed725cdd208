"""Brands are found as whole words in any script, exclusions cancel what they cover."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.contract import Author
from listener.intake.brands import Brands, BrandWords

BRANDS = Brands(
    [
        BrandWords(
            "Acme Flow",
            ("acme flow", "@acmeflow", "acmeflow.example", "#acmeflow"),
            exclude=("acme flower", "old acme flow"),
            own_accounts=("reddit:acme_support", "acmeflow.example"),
        ),
        BrandWords("Straße", ("Straße", "İstanbul Kart", "ΣΊΣΥΦΟΣ", "Ünited", "coca-cola")),
        BrandWords("任天堂", ("任天堂", "アクメ", "แอคมี", "애크미", "Acme Phone")),
    ]
)


def found(text: str) -> list[str]:
    return [text[start:end] for brand in BRANDS.find(text) for start, end in brand.spans]


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("I love Acme Flow!", ["Acme Flow"]),
        ("ACME   FLOW's new", ["ACME   FLOW"]),
        ("acme\nflow", ["acme\nflow"]),
        ("Acme-Flow-based", ["Acme-Flow"]),
        ("d’Acme Flow", ["Acme Flow"]),
        ("acme flows", []),
        ("ask @acmeflow.", ["@acmeflow"]),
        ("@acmeflow_x or x@acmeflow", []),
        ("#AcmeFlow rocks", ["#AcmeFlow"]),
        ("https://www.acmeflow.example/p", ["acmeflow.example"]),
        ("notacmeflow.example my-acmeflow.example acmeflow.example.org", []),
        ("STRASSE straße Straßen", ["STRASSE", "straße"]),
        ("istanbul kart İSTANBUL KART", ["istanbul kart", "İSTANBUL KART"]),
        ("Σίσυφος ΣΊΣΥΦΟΣ", ["Σίσυφος", "ΣΊΣΥΦΟΣ"]),
        ("我喜欢任天堂的游戏", ["任天堂"]),
        ("このアクメは", ["アクメ"]),
        ("ผมชอบแอคมีมาก", ["แอคมี"]),
        ("애크미는 좋다", ["애크미"]),
        ("我的Acme Flow坏了", ["Acme Flow"]),
        ("Coca Cola, COCA–COLA", ["Coca Cola", "COCA–COLA"]),
        ("ａｃｍｅ ｆｌｏｗ", ["ａｃｍｅ ｆｌｏｗ"]),
        ("ẞ 😂 ßß acme flow", ["acme flow"]),
        ("", []),
    ],
)
def test_whole_words_are_found_where_they_stand(text: str, hits: list[str]) -> None:
    assert found(text) == hits


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("acme flower", []),
        ("my old acme flow", []),
        ("acme flower beats acme flow", ["acme flow"]),
        ("old acme flow, new acme flow", ["acme flow"]),
    ],
)
def test_an_exclusion_cancels_what_it_covers_and_no_more(text: str, hits: list[str]) -> None:
    assert found(text) == hits


def test_two_brands_are_found_in_their_order_with_their_words() -> None:
    hits = BRANDS.find("from Acme Phone to @acmeflow and Acme Flow")
    assert [(hit.brand, hit.words) for hit in hits] == [
        ("任天堂", ("Acme Phone",)),
        ("Acme Flow", ("@acmeflow", "acme flow")),
    ]


@given(st.text(alphabet=st.sampled_from("acme flow@#.ßİ　我😂'-\n"), max_size=40))
def test_every_span_lies_within_the_text(text: str) -> None:
    for hit in BRANDS.find(text):
        assert all(0 <= start < end <= len(text) for start, end in hit.spans)


def test_no_brands_find_nothing() -> None:
    assert Brands([]).find("anything") == ()
    assert Brands([BrandWords("empty", ("", " "))]).find("any thing") == ()


@pytest.mark.parametrize(
    ("platform", "author", "own"),
    [
        ("reddit", Author(handle="u/Acme_Support"), True),
        ("mastodon", Author(handle="acme_support"), False),
        ("web", Author(handle="acmeflow.example"), True),
        ("web", Author(url="https://blog.acmeflow.example/x"), True),
        ("web", Author(url="https://[broken"), False),
        ("web", Author(), False),
    ],
)
def test_own_accounts_are_known(platform: str, author: Author, own: bool) -> None:
    assert BRANDS.is_own(platform, author) is own
