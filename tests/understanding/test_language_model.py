"""The part of the library's model that is kept is the library's, and no trouble with it keeps anybody from judging."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from listener.understanding.language_model import ARRAYS, identifier, keep, mapped, named, narrowed

LANGUAGES = ("de", "en", "fr", "ja")
TEXTS = ("Der Zug kam wieder zu spät", "ça ne marche pas du tout", "the app crashes", "遅い", "ok", "")


@pytest.fixture(scope="module")
def stock() -> LanguageIdentifier:
    whole = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    whole.set_languages(LANGUAGES)
    return whole


def test_figures_are_the_librarys_when_made_and_when_kept(tmp_path: Path, stock: LanguageIdentifier) -> None:
    made, kept = identifier(LANGUAGES, tmp_path), identifier(LANGUAGES, tmp_path)
    for text in TEXTS:
        assert made.rank(text) == kept.rank(text) == stock.rank(text)
    assert [one.name for one in tmp_path.iterdir()] == [named(LANGUAGES)]


def test_what_is_kept_is_read_and_not_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    identifier(LANGUAGES, tmp_path)
    monkeypatch.setattr("listener.understanding.language_model.narrowed", None)
    assert identifier(LANGUAGES, tmp_path).classify("Der Zug kam wieder zu spät")[0] == "de"


@pytest.mark.parametrize("broken", [b"", b"\x93NUMPY\x01\x00"])
def test_a_broken_file_is_made_again(tmp_path: Path, broken: bytes) -> None:
    identifier(LANGUAGES, tmp_path)
    (tmp_path / named(LANGUAGES) / "nextmove.npy").write_bytes(broken)
    assert identifier(LANGUAGES, tmp_path).classify("ça ne marche pas du tout")[0] == "fr"
    assert mapped(tmp_path / named(LANGUAGES)).keys() == set(ARRAYS)


def test_a_folder_that_cannot_be_written_is_no_trouble(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder can be made below a file")
    assert identifier(LANGUAGES, tmp_path / "file").classify("the app crashes when I open it")[0] == "en"


def test_several_who_make_it_at_once_leave_one(tmp_path: Path) -> None:
    model = narrowed(LANGUAGES)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: tried(model, tmp_path / "kept"), range(4)))
    assert [one.name for one in tmp_path.iterdir()] == ["kept"]
    assert mapped(tmp_path / "kept")["classes"].tolist() == model["classes"].tolist()


def tried(model: dict[str, object], folder: Path) -> None:
    with suppress(OSError):  # another one was there first
        keep(model, folder)


def test_other_languages_are_another_folder() -> None:
    assert named(("en", "de")) == named(("de", "en")) != named(("de", "en", "fr"))


def test_the_place_is_the_users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    identifier(LANGUAGES)
    assert (tmp_path / "listener" / named(LANGUAGES)).is_dir()
