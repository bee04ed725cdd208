"""Templates: what ops may write, what is refused, and that nothing runs away."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.contract import Failed
from listener.actions.templates import SHIPPED, Templates, Value

FACTS: dict[str, Value] = {
    "brand": "Acme Flow",
    "author.name": "Jo",
    "rating": 5.0,
    "customer.products": ("Mobile", "Web"),
}


def with_template(folder: Path, text: str, name: str = "t") -> Templates:
    (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return Templates(folder)


@pytest.mark.parametrize(("text", "expected"), [
    ("Hi {{ author.name }}", "Hi Jo"),
    ("{{ rating }} stars", "5 stars"),
    ("{% if rating >= 4 %}great{% else %}thanks{% endif %}", "great"),
    ("{{ customer.name | default('you') }}", "you"),
    ("{{ customer.name if customer.name else brand | upper }}", "ACME FLOW"),
    ("{% if customer.name %}x{% elif not customer.name %}y{% endif %}", "y"),
    ("{% if score < 0 or score > 0 or score == 0 or score != 0 %}x{% else %}unknown{% endif %}", "unknown"),
    ("{% for p in customer.products %}{{ p }}{% if not loop.last %}, {% endif %}{% endfor %}", "Mobile, Web"),
    ("{{ customer.products | join(' and ') }}", "Mobile and Web"),
    ("{% for i in range(3) %}!{% endfor %}", "!!!"),
    ("{% if author.name is defined %}x{% endif %}{# note #}", "x"),
])  # fmt: skip
def test_what_ops_may_write(tmp_path: Path, text: str, expected: str) -> None:
    assert with_template(tmp_path, text).render("t", FACTS).text == expected


@pytest.mark.parametrize(("text", "what"), [
    ("{{ 'a' * 100000000 }}", "'*'"), ("{{ 10 ** 10 ** 7 }}", "'**'"), ("{{ brand + brand }}", "'+'"),
    ("{{ brand.upper() }}", "a call"), ("{{ brand['x'] }}", "'[…]'"), ("{{ ''.__class__ }}", "may only follow a name"),
    ("{% set x = 1 %}", "'set'"), ("{% include 'x' %}", "Include"), ("{% extends 'x' %}", "Extends"),
    ("{{ brand | center(99999999) }}", "unknown filter 'center'"), ("{{ brand is string }}", "unknown test"),
    ("{% for i in range(101) %}{% endfor %}", "at most 100"), ("{% for i in range(10**9) %}{% endfor %}", "plain"),
    ("{% for i in range(99999999999999999999) %}{% endfor %}", "at most 100"),
    ("{% for i in range(9) %}" * 3 + "{% endfor %}" * 3, "too much work"),
    ("{{ " + "(" * 20_000 + "1" + ")" * 20_000 + " }}", "too deeply nested"),
    ("{{ " + "9" * 6_000 + " }}", "4300 digits"), ("{{ brand", "unexpected end"), ("{% nosuch %}", "unknown tag"),
    ("{{ self }}", "not allowed"), ("x" * 64_001, "larger than 64,000 bytes"),
])  # fmt: skip
def test_what_is_refused_when_it_is_read(tmp_path: Path, text: str, what: str) -> None:
    templates = with_template(tmp_path, "first line\n" + text)

    (problem,) = templates.problems()
    assert what in problem.what
    assert problem.file.name == "t.txt"
    assert problem.line in (1, 2)
    with pytest.raises(Failed, match=r"t\.txt:"):
        templates.render("t", FACTS)


@pytest.mark.parametrize(("text", "line"), [
    ("", 1), (" \n\t\n", 1), ("{# later #}", 1), ("{% if brand %} {% endif %}", 1), ("Subject: Hello\n\n", 1),
    ("Thank you!\n---\n{# later #}\n", 3),
])  # fmt: skip
def test_a_text_without_words_is_refused_when_it_is_read(tmp_path: Path, text: str, line: int) -> None:
    (problem,) = with_template(tmp_path, text).problems()

    assert problem.what == "there is no text in it: write one"
    assert problem.line == line


@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_missing_value_is_an_error_that_names_placeholder_and_line(tmp_path: Path, value: str | None) -> None:
    templates = with_template(tmp_path, "Hello\n\n{{ customer.name }}")

    with pytest.raises(Failed, match=r"t\.txt:3: no value for customer\.name") as caught:
        templates.render("t", {**FACTS, "customer.name": value})

    assert caught.value.permanent


@pytest.mark.parametrize(("text", "what"), [
    ("{{ text }}", "longer than 5,000"), ("\n{{ brand | round }}", "t.txt:2"), ("{{ '' }}", "empty"),
    ("{% for p in customer.products %}{{ text | upper }}{% endfor %}", "longer than 5,000"),
])  # fmt: skip
def test_what_fails_only_when_filled_is_final_too(tmp_path: Path, text: str, what: str) -> None:
    with pytest.raises(Failed, match=what) as caught:
        with_template(tmp_path, text).render("t", {**FACTS, "text": "x" * 6_000})

    assert caught.value.permanent


def test_a_template_that_takes_too_long_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("listener.actions.templates._TIME_LIMIT", -1.0)

    with pytest.raises(Failed, match="takes longer"):
        with_template(tmp_path, "{{ brand }}").render("t", FACTS)


def test_one_pause_of_the_interpreter_fails_no_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    templates = with_template(tmp_path, "Hello {{ brand }}")
    moments = iter([0.0, 1.0])  # when it begins and, after the pause, at its first look at the clock
    monkeypatch.setattr("listener.actions.templates.time.thread_time", lambda: next(moments, 1.0))

    assert templates.render("t", FACTS).text == "Hello Acme Flow"


def test_outside_text_is_text_and_never_a_template(tmp_path: Path) -> None:
    draft = with_template(tmp_path, "Hi {{ author.name }}").render("t", {"author.name": "{{ brand }}\r\n{% raw %}\x00"})

    assert draft.text == "Hi {{ brand }} {% raw %}"


def test_the_language_chooses_the_text_and_the_draft_says_when_there_is_none(tmp_path: Path) -> None:
    templates = Templates(tmp_path)

    german, french, plain = (templates.render("thanks", FACTS, language) for language in ("de-AT", "fr", None))

    assert (german.template, german.language_missing) == ("thanks.de", False)
    assert (french.template, french.language_missing) == ("thanks", True)
    assert (plain.template, plain.language_missing) == ("thanks", False)


def test_the_operators_text_goes_before_the_shipped_one(tmp_path: Path) -> None:
    assert with_template(tmp_path, "Cheers!", "thanks").render("thanks", {}).text == "Cheers!"


def test_placeholders_are_told_by_their_dotted_names(tmp_path: Path) -> None:
    loop = "{% for p in customer.products %}{{ p }}{{ loop.index }}{% endfor %}"
    text = loop + "{% if rating > 3 %}{{ author.name }}{% endif %}"

    assert with_template(tmp_path, text).placeholders("t") == {"customer.products", "rating", "author.name"}
    assert with_template(tmp_path, "{{ brand }}", "t.de").placeholders("t") >= {"brand", "rating"}


def test_a_broken_file_breaks_no_other(tmp_path: Path) -> None:
    (tmp_path / "latin.txt").write_bytes("ok\nf\xfcr".encode("latin-1"))
    (tmp_path / "folder.txt").mkdir()
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere")

    templates = Templates(tmp_path)

    assert {problem.file.name: problem.line for problem in templates.problems()} == {
        "latin.txt": 2, "folder.txt": 1, "gone.txt": 1}  # fmt: skip
    assert templates.render("thanks", FACTS).text


@pytest.mark.parametrize("name", ["nosuch", "../thanks", "", "/etc/passwd"])
def test_an_unknown_template_is_told_with_those_there_are(tmp_path: Path, name: str) -> None:
    with pytest.raises(Failed, match="thanks, thanks-review") as caught:
        Templates(tmp_path).render(name, FACTS)

    assert caught.value.permanent


@pytest.mark.parametrize("file", sorted(SHIPPED.glob("thanks*.txt")), ids=lambda file: str(file.stem))
def test_the_shipped_texts_need_only_the_brand_and_ask_for_nothing(file: Path) -> None:
    name, _, language = file.stem.partition(".")
    templates = Templates(Path("/nonexistent"))

    text = templates.render(name, {"brand": "Acme Flow"}, language).text

    assert "Acme Flow" in text
    assert templates.placeholders(name) == {"author.name", "brand"}
    assert not any(
        word in text.lower() for word in ("review", "rate", "discount", "gift", "bewert", "rabatt", "geschenk")
    )


OF_ACTIONS = (
    "survey.link",
    "share.places",
    "item.title",
    "item.url",
    "item.text",
    "fixed.link",
    "gift.title",
    "gift.link",
)
OF_ACTIONS += ("gift.disclosure", "panel.name", "reference.benefit", "reference.form", "issue.title", "issue.cause")


@pytest.mark.parametrize("file", sorted(SHIPPED.glob("*.txt")), ids=lambda file: str(file.stem))
def test_the_shipped_texts_need_only_what_their_action_fills(file: Path) -> None:
    name, _, language = file.stem.partition(".")
    templates = Templates(Path("/nonexistent"))
    facts = {"brand": "Acme Flow", **dict.fromkeys(templates.placeholders(name), "something")}

    assert templates.render(name, facts | {"brand": "Acme Flow"}, language).text.strip()
    assert templates.placeholders(name) <= {"author.name", "customer.name", "brand", *OF_ACTIONS}


@pytest.mark.parametrize("file", sorted(SHIPPED.glob("*.txt")), ids=lambda file: str(file.stem))
def test_no_shipped_text_asks_for_a_review_or_offers_a_bargain(file: Path) -> None:
    text = file.read_text("utf-8").lower()
    # a feedback question may speak of rating, and a gift's card names the gift; nothing else may
    allowed = {"gift": ("gift", "geschenk", "review"), "ask-feedback": ("rate",)}.get(file.stem.partition(".")[0], ())

    words = ("review", "discount", "bewert", "rabatt", "geschenk", "gift ")
    assert [word for word in words if word in text and not any(a in word for a in allowed)] == []
