"""What a round yields, and the table in which the rounds of all sides stand."""
import dataclasses
import math


@dataclasses.dataclass(frozen=True)
class Round:
    """One measurement of one side; latencies are those of single requests."""
    cpu_us: float  # of the server, for each operation
    rate: float  # operations a second
    p50_us: float
    p99_us: float


def percentile(values, per_cent):
    """The smallest value that `per_cent` of all do not exceed."""
    ordered = sorted(values)
    return ordered[max(math.ceil(per_cent / 100 * len(ordered)), 1) - 1]


def figure(value):
    """Three digits that mean something, and thin groups: "1.23", "12.3", "12 345"."""
    if value < 10:
        return f"{value:.2f}"
    if value < 100:
        return f"{value:.1f}"
    return f"{value:,.0f}".replace(",", " ")


def _print(rows):
    widths = [max(map(len, column)) for column in zip(*rows)]
    for first, *others in rows:
        cells = (cell.rjust(width) for cell, width in zip(others, widths[1:]))
        print("  " + "  ".join([first.ljust(widths[0]), *cells]))


def print_table(operation, sides):
    """`sides` maps names to rounds, and the first side is the one that the others stand beside.

    The processor time is the median of the rounds; rate and latencies are those of the best one.
    """
    rows = [[operation, "CPU us each", "least", "most", "best a second", "p50 us", "p99 us",
             "CPU, tally = 1", "tally's rate, times"]]
    ours = None
    for name, rounds in sides.items():
        cpu = [one.cpu_us for one in rounds]
        best = max(rounds, key=lambda one: one.rate)
        median = percentile(cpu, 50)
        ours = ours or (median, best.rate)
        rows.append([name, *map(figure, (median, min(cpu), max(cpu), best.rate, best.p50_us,
                                         best.p99_us, median / ours[0], ours[1] / best.rate))])
    _print(rows)
