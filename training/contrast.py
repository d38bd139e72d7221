"""Makes statements that differ from a given one in one respect, and ones that do not differ.

Each maker takes a statement and gives a changed one, with what a text that states the original says
of the changed one; or nothing where it finds nothing to change. The wording of the test pairs in
evals/contrast/ was written apart from these rules.
"""

import random
import re
from collections.abc import Callable
from typing import NamedTuple

from corpora import CONTRADICTS, NEUTRAL, SUPPORTS


class Changed(NamedTuple):
    """A statement made from another one, and the stance of the original towards it."""

    text: str
    stance: int
    kind: str


Maker = Callable[[str, random.Random], Changed | None]

OPPOSITES = """
increase/decrease increases/decreases increased/decreased increasing/decreasing
raise/lower raises/lowers raised/lowered rise/fall rises/falls rose/fell
higher/lower greater/smaller larger/smaller more/less better/worse best/worst
improve/worsen improves/worsens improved/worsened improvement/deterioration
improve/impair improves/impairs improved/impaired improving/impairing
enhance/reduce enhances/reduces enhanced/reduced enhancing/reducing
promote/inhibit promotes/inhibits promoted/inhibited promoting/inhibiting
induce/suppress induces/suppresses induced/suppressed inducing/suppressing
activate/inactivate activates/inactivates activated/inactivated activating/inactivating
activation/inhibition stimulate/inhibit stimulates/inhibits stimulated/inhibited
upregulate/downregulate upregulates/downregulates upregulated/downregulated
up-regulated/down-regulated upregulation/downregulation
accelerate/slow accelerates/slows accelerated/slowed gain/loss gains/losses
strengthen/weaken strengthens/weakens stronger/weaker strong/weak strongly/weakly
faster/slower cheaper/costlier easier/harder longer/shorter early/late earlier/later
positive/negative positively/negatively beneficial/harmful
outperform/underperform outperforms/underperforms outperformed/underperformed
superior/inferior exceeds/trails sufficient/insufficient necessary/unnecessary
required/dispensable essential/dispensable effective/ineffective efficient/inefficient
dependent/independent significant/insignificant stable/unstable robust/fragile
protects/harms prevent/cause prevents/causes prevented/caused sensitive/resistant
sensitivity/resistance presence/absence with/without before/after
high/low large/small many/few most/few majority/minority always/never often/rarely
maintain/disrupt maintains/disrupts support/undermine supports/undermines
facilitate/hinder facilitates/hinders similar/different same/different
smooth/abrupt linear/nonlinear predictable/unpredictable benefit/harm
succeed/fail succeeds/fails agree/disagree
""".split()
TURNED: dict[str, str] = {}
for pair in OPPOSITES:
    one, other = pair.split("/")
    TURNED.setdefault(one, other)
    TURNED.setdefault(other, one)
RARELY_TURNED = {"with", "without", "before", "after", "high", "low", "large", "small", "same"}
"""They name things as often as they judge them; turned only where nothing else can be."""

SYNONYMS = """
increases|raises|elevates increased|raised|elevated decreases|reduces|lowers
decreased|reduced|lowered improves|enhances|betters improved|enhanced
promotes|fosters|furthers inhibits|blocks|suppresses induces|triggers|causes
regulates|controls|governs shows|demonstrates|indicates reveals|uncovers
significantly|markedly|substantially associated|linked|correlated important|crucial|key
requires|needs|demands uses|employs utilizes|uses approximately|about|around
results|findings method|approach|technique patients|individuals|people children|kids
performance|accuracy large|big many|numerous rapidly|quickly fast|rapid
higher|greater lower|reduced essential|vital|necessary role|part affects|influences|impacts
effective|successful difficult|hard obtain|get obtains|gets outperforms|beats|surpasses
additional|further leads|gives provides|offers contributes|adds
tumor|tumour|cancer drugs|medications illness|disease risk|danger mortality|death
""".split()
SWAPPED = {
    word: [other for other in group.split("|") if other != word]
    for group in SYNONYMS
    for word in group.split("|")
}

NUMBER = re.compile(r"(?<![\w.,-])(\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)(?![\w,]|\.\d)")
UNITS = {
    "%": ["-fold"],
    "percent": ["percentage points", "fold"],
    "million": ["billion", "thousand"],
    "billion": ["million", "trillion"],
    "thousand": ["million"],
    "hours": ["days", "minutes"],
    "days": ["weeks", "hours"],
    "weeks": ["months", "days"],
    "months": ["years", "weeks"],
    "years": ["months", "decades"],
    "minutes": ["hours", "seconds"],
    "mg": ["g", "ug"],
    "kg": ["g"],
    "mm": ["cm"],
    "nm": ["mm"],
}
AUXILIARY = re.compile(
    r"\b(is|are|was|were|can|could|may|might|will|would|should|does|do|did|has|have|had)\b"
    r"(?! not\b)(?!n't)"
)
THIRD = re.compile(
    r"\b(promote|inhibit|induce|regulate|mediate|increase|reduce|decrease|control|require|enhance|"
    r"suppress|cause|protect|contribute|predict|improve|impair|prevent|drive|activate|modulate|"
    r"affect|confer|lead|trigger|determine|depend|maintain|facilitate|stimulate|restore|limit|"
    r"accelerate|attenuate|block|direct|target|shape|support|alter|provide|correlate|influence|"
    r"outperform|achieve|show|improve|scale|generalize|benefit|transfer|emerge|exceed|surpass|"
    r"reveal|enable|yield|remain|exhibit|produce|help|make|interact|bind|repress)(e?s)\b"
)
HEDGED = re.compile(r"\b(may|might|could|can|potentially|possibly|likely|tends? to|appears? to) ")
REPORTING = re.compile(
    r"^(?:(?:Here|In this (?:study|paper|work)|Overall|Together|Taken together|Furthermore|"
    r"Moreover|In addition|Additionally|In conclusion|Finally|Thus|Therefore|However|Importantly|"
    r"Interestingly|Notably),? )*(?:(?:we|our (?:results|findings|data|study|experiments)|"
    r"these (?:results|findings|data)|the (?:results|findings|data)|this study|results|findings)"
    r"(?: also| further| here)? "
    r"(?:find|found|show|showed|shows|observe|observed|demonstrate|demonstrated|demonstrates|"
    r"report|reported|suggest|suggested|suggests|indicate|indicated|indicates|conclude|concluded|"
    r"reveal|revealed|confirm|confirmed) (?:here )?that |"
    r"it (?:is|was) (?:found|shown|observed) that )",
    re.IGNORECASE,
)
LEADING = re.compile(
    r"^(?:Here|In this (?:study|paper|work)|Overall|Together|Taken together|Furthermore|Moreover|"
    r"In addition|Additionally|In conclusion|Finally|Thus|Therefore|However|Importantly|"
    r"Interestingly|Notably|CONCLUSIONS?:?|RESULTS?:?|INTERPRETATION:?|FINDINGS:?),? "
)
LABEL = re.compile(r"^(?:[A-Z]{4,}(?: AND| OF)? ?)+:? (?=[A-Z0-9])")
"""The heading of a structured abstract, left in its sentence: MAIN OUTCOME MEASURES."""
PARENTHESIS = re.compile(r"\s*\((?:[^()]|\([^()]*\))*\)")
FRONTED = re.compile(r"^((?:In|For|On|At|Among|During|Under|With|Across) [^,]{3,60}), (.+?)([.]?)$")
FIRST_CLAUSE = re.compile(
    r"^(.{40,}?)(?:, (?:which|suggesting|indicating|whereas|while|and|but) .+)$"
)
QUANTIFIERS = {
    "all": ("no", "few"),
    "every": ("no",),
    "most": ("few", "almost no"),
    "many": ("few", "hardly any"),
    "several": ("no",),
    "both": ("neither of the",),
    "always": ("never", "rarely"),
    "often": ("rarely", "never"),
    "usually": ("rarely",),
}
WIDENED = {"some": "all", "several": "all", "many": "all", "most": "all", "often": "always"}


def capital(text: str) -> str:
    """The text with a capital at its beginning, unless the word is spelt otherwise by itself."""
    return text[:1].upper() + text[1:] if text[:2].islower() else text


def bare(statement: str) -> str:
    """The statement without what tells that somebody found it, and without parentheses."""
    without = PARENTHESIS.sub("", LABEL.sub("", statement))
    return capital(LEADING.sub("", REPORTING.sub("", without)).strip())


def like(word: str, pattern: str) -> str:
    """A word in the case of another one."""
    return word.capitalize() if pattern[:1].isupper() else word


def direction(text: str, rng: random.Random) -> Changed | None:
    """One word turned into its opposite."""
    spots = [m for m in re.finditer(r"[A-Za-z-]+", text) if m.group().lower() in TURNED]
    clear = [m for m in spots if m.group().lower() not in RARELY_TURNED]
    if not (clear or spots):
        return None
    spot = rng.choice(clear or spots)
    word = like(TURNED[spot.group().lower()], spot.group())
    return Changed(text[: spot.start()] + word + text[spot.end() :], CONTRADICTS, "direction")


def negation(text: str, rng: random.Random) -> Changed | None:
    """A negation put in, or one taken out."""
    taken = re.search(r"\b(?:do not|does not|did not|cannot|not)\b ?", text)
    if taken and taken.group().strip() == "not":
        changed = text[: taken.start()] + text[taken.end() :]
        return Changed(changed, CONTRADICTS, "negation")
    if found := AUXILIARY.search(text):
        return Changed(f"{text[: found.end()]} not{text[found.end() :]}", CONTRADICTS, "negation")
    if found := THIRD.search(text):
        how = rng.choice(("does not {}", "fails to {}", "does not {}", "never {}s"))
        return Changed(
            text[: found.start()] + how.format(found.group(1)) + text[found.end() :],
            CONTRADICTS,
            "negation",
        )
    return None


def number(text: str, rng: random.Random) -> Changed | None:
    """One number replaced by a clearly different one of the same form."""
    spots = [m for m in NUMBER.finditer(text) if not 1900 <= _value(m) <= 2030]
    if not spots:
        return None
    spot = rng.choice(spots)
    value = _value(spot)
    factor = rng.choice((0.3, 0.5, 0.6, 1.5, 1.8, 2.0, 3.0, 10.0))
    changed = value * factor
    if text[spot.end() : spot.end() + 1] == "%" and changed > 100:
        changed = value / factor
    places = len(spot.group().partition(".")[2])
    written = f"{changed:,.{places}f}" if "," in spot.group() else f"{changed:.{places}f}"
    if written == spot.group():
        return None
    return Changed(text[: spot.start()] + written + text[spot.end() :], CONTRADICTS, "number")


def _value(found: "re.Match[str]") -> float:
    return float(found.group().replace(",", ""))


def unit(text: str, rng: random.Random) -> Changed | None:
    """The unit behind a number replaced by another one."""
    for spot in NUMBER.finditer(text):
        rest = text[spot.end() :]
        after = re.match(r" ?(%|[A-Za-z]+)", rest)
        if after and (other := UNITS.get(after.group(1))):
            put = after.group().replace(after.group(1), rng.choice(other))
            changed = text[: spot.end()] + put + rest[after.end() :]
            return Changed(changed, CONTRADICTS, "unit")
    return None


def quantifier(text: str, rng: random.Random) -> Changed | None:
    """All to none: contradicted. Some to all: not told."""
    for found in re.finditer(r"[A-Za-z]+", text):
        word = found.group().lower()
        turned, widened = QUANTIFIERS.get(word), WIDENED.get(word)
        if not turned and not widened:
            continue
        wide = widened and (not turned or rng.random() < 0.4)
        new = widened if wide and widened else rng.choice(turned or ("no",))
        changed = text[: found.start()] + like(new, found.group()) + text[found.end() :]
        return Changed(changed, NEUTRAL if wide else CONTRADICTS, "quantifier")
    return None


def hedge(text: str, rng: random.Random) -> Changed | None:
    """A hedge taken away: the text does not tell. A hedge put in: the text says even more."""
    if found := HEDGED.search(text):
        if found.group(1) in ("may", "might", "could", "potentially", "possibly"):
            how = rng.choice(("always ", "invariably ", "certainly "))
            return Changed(text[: found.start()] + how + text[found.end() :], NEUTRAL, "hedge")
        return None
    if found := THIRD.search(text):
        how = rng.choice(("may", "can", "might"))
        changed = f"{text[: found.start()]}{how} {found.group(1)}{text[found.end() :]}"
        return Changed(changed, SUPPORTS, "hedge")
    return None


def roles(text: str, rng: random.Random) -> Changed | None:
    """The two sides of a comparison or an effect changed places."""
    found = re.match(
        r"^((?:[\w-]+ ){0,4}[\w-]+) ((?:significantly |strongly |consistently )?"
        r"(?:outperforms?|exceeds?|surpass(?:es)?|regulates?|induces?|activates?|inhibits?|"
        r"promotes?|causes?|precedes?|drives?|"
        r"is (?:higher|lower|better|worse|larger|smaller) than))"
        r" ((?:[\w-]+ ){0,3}[\w-]+)([.,;]| in | on | by | for |$)(.*)$",
        text,
    )
    if not found or rng.random() < 0.3:
        return None
    left, verb, right, join, rest = found.groups()
    # Which of two things acts on the other is another statement; a comparison excludes its reverse.
    compared = re.search(r"outperform|exceed|surpass|than|precede", verb)
    stance = CONTRADICTS if compared else NEUTRAL
    return Changed(f"{capital(right)} {verb} {left}{join}{rest}", stance, "roles")


def paraphrase(text: str, rng: random.Random) -> Changed:
    """Other words for some words, and parts in another order; the meaning stays."""
    changed = reordered(text)
    spots = [m for m in re.finditer(r"[A-Za-z]+", changed) if m.group().lower() in SWAPPED]
    rng.shuffle(spots)
    for spot in sorted(spots[:3], key=lambda m: -m.start()):
        word = like(rng.choice(SWAPPED[spot.group().lower()]), spot.group())
        changed = changed[: spot.start()] + word + changed[spot.end() :]
    if (clause := FIRST_CLAUSE.match(changed)) and rng.random() < 0.5:
        changed = clause.group(1) + "."
    if rng.random() < 0.3:
        changed = re.sub(r"(\d+(?:\.\d+)?) ?%", r"\1 percent", changed)
    return Changed(changed, SUPPORTS, "paraphrase")


def reordered(text: str) -> str:
    """The circumstance that stands first put last: in mice, X falls -> X falls in mice."""
    found = FRONTED.match(text)
    if not found or ", " in found.group(2):
        return text
    start, body, end = found.groups()
    return f"{capital(body)} {start[0].lower()}{start[1:]}{end}"


MAKERS: tuple[tuple[Maker, float], ...] = (
    (direction, 4.0),
    (negation, 2.5),
    (number, 2.5),
    (unit, 1.0),
    (quantifier, 1.0),
    (hedge, 1.0),
    (roles, 1.0),
)


def changed(text: str, rng: random.Random) -> Changed | None:
    """One changed statement by a maker that finds something to change, the likelier ones first."""
    left = list(MAKERS)
    while left:
        choice = rng.choices(left, weights=[weight for _, weight in left])[0]
        left.remove(choice)
        if (found := choice[0](text, rng)) and found.text != text:
            return found
    return None
