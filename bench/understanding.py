"""Verdicts on the shared data: accuracy, learning from 200 labels, calibration, net sentiment, speed, bounds."""

from __future__ import annotations

import json
import random
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import correlation, fmean
from typing import Any

from bench.figures import Figure
from listener.model.verdict import Utterance, Verdict
from listener.understanding.evaluate import Report, evaluate
from listener.understanding.figures import Figures, called, figures
from listener.understanding.judging import Understanding
from listener.understanding.labelled import Labelled
from listener.understanding.learning import Example, calibration_error, learn

DATA = Path(__file__).parents[2] / "shared" / "data"
DAY = 86_400_000
# a day with fewer texts of a brand has no mean to speak of
LEAST_A_DAY = 5
LABELS = 200
DRAWS = 20
HOSTILE = ("good but ", "no ", "😂a", "!?", "#AaBb", "aaab ", "Acme Flow Globex ", "never again ", "日本", "((((")
FOREIGN = (
    "Die App stürzt seit dem Update ständig ab", "Toujours pas reçu mon colis", "Llevo dos horas esperando",
    "Due ore di attesa e nessuno risponde", "O aplicativo não funciona desde ontem", "Al twee uur in de wacht",
    "Har väntat i två timmar", "Moja paczka nadal nie dotarła", "Kargom hala gelmedi", "Har ventet her i to timer",
    "Olen odottanut kaksi tuntia", "Balík stále nedorazil", "Csomagom még mindig nem érkezett meg",
    "Coletul meu nu a ajuns încă", "Paket saya belum sampai", "Моя посылка так и не пришла", "Το δέμα μου δεν ήρθε",
    "荷物がまだ届きません", "我的包裹还没到", "택배가 아직도 안 왔어요",
)  # fmt: skip


def run(share: float) -> Iterator[Figure]:
    if not DATA.is_dir():
        print("  skipped: the shared data is not beside this repository")
        return
    rows = read("airline-dev")[: max(1_000, int(8_000 * share))]
    labelled = [Labelled(row["text"], row["label"], row["brand"]) for row in rows]
    understanding = Understanding()
    report = evaluate(understanding, labelled, "complaint", time.process_time)
    yield from of_report(report)
    yield from of_days(rows, understanding)
    yield from taught(rows, understanding, max(1, int(DRAWS * share)))
    yield from of_people(understanding)
    yield from of_languages(labelled, understanding)
    yield from of_bounds(understanding)


def read(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / f"{name}.jsonl").read_text("utf-8").split("\n") if line]


def said(rows: Sequence[dict[str, Any]]) -> list[Utterance]:
    brands = {row["brand"] for row in rows}
    return [
        Utterance(row["text"], row["brand"], others=tuple(sorted(brands - {row["brand"]})), voice="complaint")
        for row in rows
    ]


def of_report(report: Report) -> Iterator[Figure]:
    plain = f"plain VADER {report.vader.accuracy:.3f} / {report.vader.macro_f1:.3f}, n {report.n:,}"
    yield Figure("airline complaints, accuracy", report.ours.accuracy, "", floor=0.70, raw=plain)
    yield Figure("airline complaints, macro-F1", report.ours.macro_f1, "", floor=0.64)
    speed = report.ours_per_second / report.vader_per_second
    language = f"telling the language apart: {report.language_per_second:,.0f} texts/s"
    yield Figure("speed without language detection, against stock VADER", speed, floor=0.8, raw=language)


def labels_of(verdicts: Sequence[Verdict]) -> list[str]:
    gold = frozenset(("positive", "negative", "neutral"))
    return [called(gold, (one.label, one.lean), one.score) for one in verdicts]


def net(rows: Sequence[dict[str, Any]], labels: Sequence[str]) -> dict[tuple[str, int], float]:
    """(brand, day) → share of positive less share of negative."""
    days: dict[tuple[str, int], list[int]] = defaultdict(list)
    for row, label in zip(rows, labels, strict=True):
        days[row["brand"], row["posted_ms"] // DAY].append((label == "positive") - (label == "negative"))
    return {day: fmean(signs) for day, signs in days.items() if len(signs) >= LEAST_A_DAY}


def net_error(rows: Sequence[dict[str, Any]], labels: Sequence[str]) -> float:
    people = net(rows, [row["label"] for row in rows])
    ours = net(rows, labels)
    return fmean(abs(people[day] - ours[day]) for day in people)


def of_days(rows: Sequence[dict[str, Any]], understanding: Understanding) -> Iterator[Figure]:
    error = net_error(rows, labels_of(understanding.judge_many(said(rows))))
    yield Figure("net sentiment per brand and day, mean error", error, "", ceiling=0.15)


def taught(rows: Sequence[dict[str, Any]], plain: Understanding, draws: int) -> Iterator[Figure]:
    """Means over several random draws of the labels; every draw is measured on what it did not learn from."""
    found = [lesson(rows, plain, random.Random(draw)) for draw in range(draws)]
    accuracy, macro_f1 = fmean(one.accuracy for one, _, _ in found), fmean(one.macro_f1 for one, _, _ in found)
    raw = f"{draws} draws, worst {min(one.accuracy for one, _, _ in found):.3f}"
    yield Figure(f"with {LABELS} random labels, accuracy", accuracy, "", floor=0.78, raw=raw)
    yield Figure(f"with {LABELS} random labels, macro-F1", macro_f1, "", floor=0.70)
    yield Figure("expected calibration error", fmean(error for _, error, _ in found), "", ceiling=0.05)
    errors = [error for _, _, error in found]
    yield Figure(
        "net sentiment with labels, mean error", fmean(errors), "", ceiling=0.08, raw=f"worst {max(errors):.3f}"
    )


def lesson(rows: Sequence[dict[str, Any]], plain: Understanding, chance: random.Random) -> tuple[Figures, float, float]:
    """Figures, calibration error and net error on the rows that were not drawn."""
    drawn = set(chance.sample(range(len(rows)), LABELS))
    everything = said(rows)
    learned = learn(plain, [Example(everything[at], rows[at]["label"]) for at in sorted(drawn)]).learned
    rest = [row for at, row in enumerate(rows) if at not in drawn]
    verdicts = Understanding(learned=learned).judge_many(said(rest))
    calls = labels_of(verdicts)
    right = [label == row["label"] for label, row in zip(calls, rest, strict=True)]
    error = calibration_error([one.confidence for one in verdicts], right)
    return figures([row["label"] for row in rest], calls, 0.0), error, net_error(rest, calls)


def of_people(understanding: Understanding) -> Iterator[Figure]:
    rows = read("vader-human-tweets")
    people = [row["human_mean"] for row in rows]
    ours = [understanding.judge(Utterance(row["text"], voice="review")).score for row in rows]
    plain = correlation(people, [understanding.plain(row["text"]) for row in rows])
    yield Figure("score against 20 people's mean", correlation(people, ours), "r", floor=0.86, raw=f"plain {plain:.3f}")


def of_languages(labelled: Sequence[Labelled], understanding: Understanding) -> Iterator[Figure]:
    texts = [understanding.prepared(Utterance(row.text, row.brand)).text for row in labelled]
    kept = fmean(understanding.language_of(text).understood for text in texts)
    yield Figure("English kept as English", kept, "", floor=0.998)
    scored = fmean(understanding.language_of(text).understood for text in FOREIGN)
    yield Figure("other languages scored as English", scored, "", ceiling=0.05, raw=f"{len(FOREIGN)} short complaints")


def of_bounds(understanding: Understanding) -> Iterator[Figure]:
    longest = 0.0
    for piece in HOSTILE:
        one = Utterance((piece * 10_000)[:10_000], "Acme Flow", others=("Globex",))
        understanding.judge(one)
        began = time.process_time()
        understanding.judge(one)
        longest = max(longest, time.process_time() - began)
    yield Figure("10,000 characters of anything", longest * 1_000, "ms", ceiling=50)
