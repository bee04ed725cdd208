"""A plot as a picture: the counts as bars, the usual as a line. Run aside: matplotlib is slow to load and large."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime, timedelta
from io import BytesIO

from listener.actions.contract import Plot

# a message that waits longer for its picture goes without
PATIENCE = 4.0


def picture(plot: Plot) -> bytes | None:
    """The PNG, drawn in a process of its own; None where that fails or takes too long: the figures say the same."""
    # -P: no file of the folder that the daemon runs in is taken for a module
    command = [sys.executable, "-P", "-m", "listener.actions.drawing"]
    try:
        drawn = subprocess.run(command, input=plot.model_dump_json().encode(), capture_output=True, timeout=PATIENCE)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return drawn.stdout if drawn.returncode == 0 and drawn.stdout else None


def draw(data: bytes) -> bytes:
    """The PNG of a `Plot` in JSON. Raises ValueError for anything else."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import dates
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    plot = json.loads(data)
    step = timedelta(hours=plot["hours"])
    start = datetime.fromisoformat(plot["start"])
    starts = [start + step * number for number in range(len(plot["counts"]))]
    figure = Figure(figsize=(8, 3), dpi=110, layout="constrained")
    axes = figure.subplots()
    days = [float(dates.date2num(at)) for at in starts]  # type: ignore[no-untyped-call]  # matplotlib is untyped here
    width = step / timedelta(days=1)
    axes.bar(days, plot["counts"], width=width * 0.9, align="edge", color="#c0392b", label="persons")
    usual = [(day, value) for day, value in zip(days, plot["usual"], strict=True) if value is not None]
    if usual:
        xs = [edge for day, _ in usual for edge in (day, day + width)]
        ys = [value for _, value in usual for _ in range(2)]
        axes.plot(xs, ys, color="#2c3e50", linewidth=1.5, label="usual")
    axes.xaxis_date()
    axes.xaxis.set_major_formatter(dates.DateFormatter("%d %b\n%H:%M"))  # type: ignore[no-untyped-call]  # the same
    axes.set_ylim(0, max([*plot["counts"], *(value for _, value in usual), 4]) * 1.15)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_ylabel(f"persons in {plot['hours']:g} h (UTC)")
    axes.set_title(plain(plot["title"]), loc="left", fontsize=10)
    axes.legend(loc="upper left", frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    picture = BytesIO()
    figure.savefig(picture, format="png")
    return picture.getvalue()


def plain(title: str) -> str:
    """Outside words as they are: a dollar sign would begin a formula."""
    return title.replace("\\", "").replace("$", r"\$")


if __name__ == "__main__":
    sys.stdout.buffer.write(draw(sys.stdin.buffer.read()))
