"""A small made-up report in the layout of the earlier system, with the same kinds of faults."""

QUESTION = (
    "Does the cooling effect of planted roofs on summer indoor temperature hold across insulation "
    "levels such as EPS versus mineral wool for mid-rise buildings?"
)

LIMIT = 120
"""Claims are cut at this many characters, as the earlier system did."""

_ROWS = (
    ("The sensor drift is at most 0.02 for the calibration runs in Figure 4.", "×", "0.06"),
    ("The wind tunnel fan error is at most 1.5e-3 for the runs in Figure 4.", "✓", "0.19"),
    (
        "As the plot irrigation volume increases, the leaf area index increases and the soil "
        "conductivity decreases monotonically over the whole season.",
        "×",
        "0.12",
    ),
    ("The drainage layer weighs more than the substrate layer in wet plots.", "×", "0.07"),
    (
        "The G7-40 lysimeter has a diameter of 40 cm, 12 probes, 3 load cells, a sampling "
        "interval of 10 minutes, and a resolution of 5 grams per sample.",
        "×",
        "0.03",
    ),
    (
        "The G7-80 lysimeter has a diameter of 80 cm, 24 probes, 6 load cells, a sampling "
        "interval of 10 minutes, with a resolution of 9 grams per sample.",
        "×",
        "0.02",
    ),
    ("The Savitzky-Golay filter is used to smooth the load cell readings.", "×", "0.04"),
    ("The readings were stored with a resolution of 16 bits by the logger.", "×", "0.04"),
)

CUT_IDS = ("c3", "c5", "c6")

_TABLE = "\n".join("\t".join((text[:LIMIT].rstrip(), *rest)) for text, *rest in _ROWS)

SEED_LIKE = f"""

Planted Roofs and Indoor Temperature Across Insulation Levels

Assignee Research

May 3, 2026

Abstract

This report synthesises findings from 11 peer-reviewed papers addressing the following research \
question: {QUESTION[:125].rsplit(" ", 1)[0]}. 8 claims were extracted from source literature; 1 \
was independently verified against retrieved documents. An automated multi-reviewer quality \
assessment produced a score of 3.7/10. This report is a machine-generated literature synthesis.

1 Introduction

This paper examines: Weighing Lysimeters for Extensive Vegetation Substrates. Research question: \
{QUESTION}.

2 Methodology

Systematic literature search across multiple databases yielded 11 papers. Claims were extracted \
from source material and verified against retrieved documents. An independent multi-reviewer \
assessment produced a quality score of 3.7/10.

3 Results

11 papers retrieved. 8 claims extracted; 1 independently verified. Quality review score: 3.7/10.

4 Limitations

This report is a machine-generated literature synthesis. Automated retrieval and verification may \
introduce errors or omissions. Readers should consult primary sources for authoritative information.

5 Extracted Claims

Claim\tVerified\tConfidence
{_TABLE}

References

- <http://arxiv.org/abs/2401.00001v2>
- <http://arxiv.org/abs/2402.00002v1>
"""
