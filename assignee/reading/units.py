"""The words for units and magnitudes that numbers in papers carry, and one name for each."""

import re

MAGNITUDES = {
    "thousand": 1e3,
    "million": 1e6,
    "billion": 1e9,
    "trillion": 1e12,
    "hundred": 1e2,
    "mn": 1e6,
    "bn": 1e9,
}
SUFFIXES = {"k": 1e3, "K": 1e3, "M": 1e6, "B": 1e9, "b": 1e9, "T": 1e12}
"""Letters glued to a number: 7B, 70k. A small m is a metre, a small t a ton."""

_SAME: dict[str, str] = {
    "%": "% percent per-cent",
    "pp": "pp p.p. percentage-point",
    "x": "x × fold time-as times-as",
    "second": "second sec s",
    "minute": "minute min",
    "hour": "hour hr h",
    "day": "day d",
    "week": "week wk",
    "month": "month mo",
    "year": "year yr",
    "ms": "ms millisecond",
    "µs": "µs μs us microsecond",
    "ns": "ns nanosecond",
    "parameter": "parameter param",
    "token": "token",
    "flop": "flop flops",
    "gpu": "gpu",
    "tpu": "tpu",
    "kg": "kg kilogram",
    "g": "g gram",
    "mg": "mg milligram",
    "µg": "µg μg ug mcg microgram",
    "ng": "ng",
    "l": "L litre liter",
    "ml": "mL ml millilitre milliliter",
    "m": "m metre meter",
    "km": "km kilometre kilometer",
    "cm": "cm centimetre centimeter",
    "mm": "mm millimetre millimeter",
    "µm": "µm μm um micrometre micrometer micron",
    "nm": "nm nanometre nanometer",
    "°c": "°C",
    "hz": "Hz hertz",
    "khz": "kHz",
    "mhz": "MHz",
    "ghz": "GHz",
    "kb": "KB kB kilobyte",
    "mb": "MB megabyte",
    "gb": "GB gigabyte GiB",
    "tb": "TB terabyte",
    "mmol/l": "mmol/L",
    "mmhg": "mmHg",
    "person": "person people",
    "woman": "woman women",
    "man": "man men",
    "child": "child children",
    "mouse": "mouse mice",
    "study": "study studies",
    "query": "query queries",
    "country": "country countries",
    "category": "category categories",
    "family": "family families",
    "entity": "entity entities",
    "analysis": "analysis analyses",
    "hypothesis": "hypothesis hypotheses",
    "vertex": "vertex vertices",
    "benchmark": "benchmark",
    "bit": "bit",
    "byte": "byte",
}
_COUNTED = (
    "example sample instance prompt demonstration pair response completion question answer "
    "task dataset corpus language model checkpoint layer head block expert neuron unit feature "
    "dimension embedding vector epoch step iteration update batch run seed trial experiment "
    "setting condition baseline method paper abstract article author review reviewer annotator "
    "rater judge vote comparison document passage sentence paragraph word character page book "
    "image frame video game point shot hop turn round dialogue conversation instruction label "
    "class cluster group cohort patient participant subject volunteer student user adult infant "
    "case control death event episode visit dose cell gene protein sample site node edge "
    "core device server machine worker cycle degree row column record entry item claim topic "
    "domain template rule agent tool call request error source"
).split()
_NAMES: dict[str, str] = {name: name for name in _COUNTED} | {
    word: unit for unit, words in _SAME.items() for word in words.split()
}
MEASURES = frozenset(_SAME) - frozenset(
    "parameter token gpu tpu person woman man child mouse study query country category family "
    "entity analysis hypothesis vertex benchmark".split()
)
"""Units that are not counts: a number without a unit is never one of these."""

SELF_STANDING = MEASURES | frozenset(
    "parameter token layer head shot dimension step epoch gpu tpu".split()
)
"""Units that stay the unit when a noun follows: a 70B-parameter model, a 5-shot prompt."""

SCALES: dict[str, tuple[str, float]] = {
    unit: (base, factor)
    for base, units in {
        "second": {"ns": 1e-9, "µs": 1e-6, "ms": 1e-3, "second": 1, "minute": 60, "hour": 3600,
                   "day": 86_400, "week": 604_800, "month": 2_629_746, "year": 31_556_952},
        "g": {"ng": 1e-9, "µg": 1e-6, "mg": 1e-3, "g": 1, "kg": 1e3},
        "l": {"ml": 1e-3, "l": 1},
        "m": {"nm": 1e-9, "µm": 1e-6, "mm": 1e-3, "cm": 1e-2, "m": 1, "km": 1e3},
        "hz": {"hz": 1, "khz": 1e3, "mhz": 1e6, "ghz": 1e9},
        "byte": {"bit": 0.125, "byte": 1, "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12},
    }.items()
    for unit, factor in units.items()
}  # fmt: skip
"""Unit to its base unit and how many of it one is; months and years are mean ones."""

_CASED = frozenset(
    word for words in _SAME.values() for word in words.split() if len(word) <= 3
) - frozenset(("bit", "day", "sec", "min", "gpu", "tpu", "man", "men"))
_PLURAL = re.compile(r"(?<=[a-z]{2})s$")


def unit_named(word: str) -> str | None:
    """The unit that a word names, in the singular, or `None` where it names none."""
    if word in _NAMES:
        return _NAMES[word]
    if word.upper() == word and word.rstrip("s").lower() in ("gpu", "tpu", "flop"):
        return _NAMES[word.rstrip("s").lower()]
    small = word.lower()
    singular = _PLURAL.sub("", small)
    for name in (small, singular, singular.removesuffix("e")):
        if name in _NAMES and name not in _CASED:
            return _NAMES[name]
    if word in ("GPUs", "TPUs", "FLOPs", "FLOPS"):
        return word[:-1].lower()
    return None
