"""English is kept, other languages are never scored as English."""

import pytest

from listener.understanding.guard import guarded
from listener.understanding.language import Languages
from listener.understanding.names import Names
from tests.understanding.shared_rows import rows

LANGUAGES = Languages()

FOREIGN = {
    "de": "Die App stürzt seit dem Update ständig ab",
    "fr": "Toujours pas reçu mon colis, c'est inadmissible",
    "es": "Llevo dos horas esperando y nadie contesta",
    "it": "Due ore di attesa e nessuno risponde",
    "pt": "O aplicativo não funciona desde ontem",
    "nl": "Al twee uur in de wacht, niemand neemt op",
    "sv": "Har väntat i två timmar och ingen svarar",
    "pl": "Moja paczka nadal nie dotarła, fatalna obsługa",
    "tr": "Kargom hala gelmedi, berbat hizmet",
    "ru": "Моя посылка так и не пришла",
    "ja": "素晴らしいサービスでした",
    "zh": "我的包裹还没到",
    "ko": "택배가 아직도 안 왔어요",
    "ar": "لم يصل طلبي بعد",
    "th": "พัสดุยังไม่มาเลย",
    "el": "Το δέμα μου δεν έχει έρθει ακόμα",
    "hi": "मेरा पार्सल अभी तक नहीं आया",
}


@pytest.mark.parametrize("code", FOREIGN)
def test_a_foreign_text_is_told_and_not_understood(code: str) -> None:
    assert LANGUAGES.of(FOREIGN[code]) == (code, False)


@pytest.mark.parametrize("text", ["ok", "lol", "thanks!", "great", "worst ever", "love it", "wtf", "Pizza time."])
def test_short_english_is_kept(text: str) -> None:
    assert LANGUAGES.of(text) == ("en", True)


@pytest.mark.parametrize("text", ["", "😂😂", "12345 !!!", "@acme #sale"])
def test_a_text_without_words_has_no_language(text: str) -> None:
    assert LANGUAGES.of(text) == (None, True)


def test_what_the_source_declares_settles_doubt_but_not_plain_english() -> None:
    assert LANGUAGES.of("Super Service, vielen Dank", "de-DE") == ("de", False)
    assert LANGUAGES.of("Super!", "de") == ("de", False)
    assert LANGUAGES.of("why is the app so slow today", "de") == ("en", True)


def test_a_configured_language_is_understood() -> None:
    assert Languages(("en", "de")).of(FOREIGN["de"]) == ("de", True)


def test_english_tweets_are_kept() -> None:
    names = Names((), ())
    texts = [names.neutral(guarded(row["text"])) for row in rows("airline-dev")]
    assert sum(not LANGUAGES.of(text).understood for text in texts) <= 0.002 * len(texts)
