"""`listener check` knows the house: kinds, topics, placeholders and the wording of gifts; a folder alone needs none."""

from __future__ import annotations

import pytest

from tests.makers import a_house, ran

RULE = "rules:\n- {{id: r, when: {{{when}}}, then: [{then}]}}\n"


@pytest.mark.parametrize(
    ("when", "then", "told"),
    [
        ("source.kind: trustplot", "{tag: x}", "did you mean 'trustpilot'?"),
        ("topics: delivry", "{tag: x}", "did you mean 'delivery'?"),
        ("rating: 5", "{send_gift: {item: flowers, template: card}}", "16 CFR 465.4"),
        ("rating: 5", "{engage: {template: odd}}", "nothing fills 'author.nane'"),
        ("customer.segmnt: x", "{tag: x}", "did you mean 'customer.segment'?"),
    ],
)
def test_a_name_that_the_house_does_not_know_is_told(tmp_path, monkeypatch, when, then, told):
    a_house(tmp_path, rules=RULE.format(when=when, then=then))
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "card.txt").write_text("Enjoy, and leave us a review!")
    (tmp_path / "templates" / "odd.txt").write_text("Hello {{ author.nane }}")
    monkeypatch.chdir(tmp_path)
    checked = ran("rules", "check")

    assert checked.code == 1
    assert told in checked.out


def test_a_folder_of_rules_is_checked_without_configuration_store_or_secret(tmp_path, monkeypatch):
    (tmp_path / "book.yaml").write_text(RULE.format(when="topics: anything", then="{tag: x}"))
    monkeypatch.chdir(tmp_path)

    assert ran("rules", "check", str(tmp_path)).code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["book.yaml"]
