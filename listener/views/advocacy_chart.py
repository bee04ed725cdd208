"""The report on advocacy as a picture: newcomers by month, and referral rates with their intervals."""

from __future__ import annotations

from pathlib import Path

from listener.views.objects import Object


def draw(seen: Object, by: str, file: Path) -> None:
    """Write a PNG. `by`: the attribute whose rates are shown."""
    # imported when used: it takes half a second and 60 MB
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 4.2), layout="constrained")
    months, rates = figure.subplots(1, 2)
    names = [month["month"] for month in seen["by_month"]]
    months.bar(names, [month["newcomers"] for month in seen["by_month"]], color="#c8d7ee", label="newcomers")
    months.bar(names, [month["purchased"] for month in seen["by_month"]], color="#1a5fb4", label="bought")
    months.set_title("Whom customers brought, by month")
    months.tick_params(axis="x", rotation=60)
    months.legend()
    rows = [row for row in seen["referral_rate"].get(by, []) if row["share"] is not None]
    shares = [100 * row["share"] for row in rows]
    spread = [[s - 100 * row["low"] for s, row in zip(shares, rows, strict=True)]]
    spread.append([100 * row["high"] - s for s, row in zip(shares, rows, strict=True)])
    rates.errorbar(shares, range(len(rows)), xerr=spread, fmt="o", color="#1a5fb4", capsize=4)
    rates.set_yticks(range(len(rows)), [f"{row['group'] or '(none)'} ({row['count']}/{row['of']})" for row in rows])
    rates.set_ylim(-0.5, max(len(rows) - 0.5, 0.5))
    rates.set_title(f"Referral rate by {by}, in %, with 95 % interval")
    FigureCanvasAgg(figure)
    figure.savefig(file, format="png")
