"""Words as rules see them: stems, stopwords, direction, negation and hedges."""

import re
from functools import lru_cache

WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-'’][A-Za-z0-9]+)*|\d+(?:[.,]\d+)*%?")

STOPWORDS = frozenset(
    """
        a about above across after again all also although am an and any are as at be because
        been before being below between both but by can could did do does doing down during each
        either etc few for from further had has have having he her here hers him his how however
        i if in into is it its itself just may me might more most must my near nor of off on
        once only onto or other others our ours out over own per rather s same she should since
        so some such than that the their theirs them themselves then there therefore these they
        this those through thus to too toward towards under until up upon us very via was we
        were what when where whether which while who whom whose why will with within would yet
        you your yours
        """.split()
)
"""Function words; comparatives such as `more` are read for their direction, not as content."""

REPORTING = frozenset(
    """
        author authors note paper papers work study studies report reports reported find finds
        found show shows showed shown observe observes observed conclude concludes argue argues
        demonstrate demonstrates suggest suggests result results finding findings according
        measured compare compared propose proposes present presents investigate investigates
        examine
        """.split()
)
"""Words about the telling of a finding; they carry none of it."""

UP = frozenset(
    """
        raise raises raised raising lift lifts lifted increase increases increased increasing
        improve improves improved improving improvement
        improvements gain gains rise rises rising rose grow grows growing grew growth higher
        greater larger better boost boosts boosted enhance enhances enhanced strengthen
        strengthens outperform outperforms outperformed outperforming surpass surpasses
        surpassed exceed exceeds exceeded beat beats superior preferred win wins more stronger
        best benefit benefits benefited helps
        """.split()
)
DOWN = frozenset(
    """
        decrease decreases decreased decreasing reduce reduces reduced reducing reduction
        reductions drop drops dropped fall falls falling fell decline declines declined
        declining lower lowers lowered smaller worse worsen worsens worsened hurt hurts harm
        harms harmed degrade degrades degraded degrading degradation deteriorate deteriorates
        underperform underperforms inferior less fewer weaker shrink shrinks lag lags impair
        impairs impaired loses diminish diminishes diminishing worst
        """.split()
)
NEGATIONS = frozenset(
    """
        no not never neither nor none cannot without hardly barely scarcely fail fails failed
        failing little unable lack lacks lacking absent unlikely isn't aren't doesn't don't
        didn't wasn't weren't can't won't contrary disprove disproves refute refutes
        insufficient unnecessary
        """.split()
)
HEDGES = frozenset(
    """
        may might could can possibly perhaps likely suggest suggests appear appears seem seems
        potentially tend tends partly sometimes
        """.split()
)
WITHOUT_CONTENT = STOPWORDS | REPORTING | UP | DOWN | NEGATIONS | HEDGES
"""Words that tell nothing of what a text is about."""


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """A light stem: plural and common verb endings off words of five letters and more."""
    word = word.casefold().replace("’", "'").removesuffix("'s")
    if word.isupper() or len(word) < 5 or not word.isascii():
        return word
    for ending, replacement in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)] + replacement
    return word


_ENDINGS = (
    ("isations", "iz"), ("izations", "iz"), ("isation", "iz"), ("ization", "iz"),
    ("ising", "iz"), ("izing", "iz"), ("ised", "iz"), ("ized", "iz"), ("ises", "iz"),
    ("izes", "iz"), ("ise", "iz"), ("ize", "iz"),
    ("nesses", ""), ("ness", ""), ("ments", ""), ("ment", ""), ("ations", "at"), ("ation", "at"),
    ("ating", "at"), ("ates", "at"), ("ated", "at"), ("ate", "at"),
    ("ings", ""), ("ing", ""), ("ies", "y"), ("ied", "y"), ("edly", ""), ("ed", ""),
    ("ly", ""), ("es", ""), ("s", ""), ("e", ""),
)  # fmt: skip


# A claim is held against many passages and a passage against many claims: each is taken apart once.
@lru_cache(maxsize=4096)
def words(text: str) -> tuple[str, ...]:
    """The words and numbers of a text, case folded, in order."""
    return tuple(match.group().casefold().replace("’", "'") for match in WORD.finditer(text))


@lru_cache(maxsize=4096)
def content_stems(text: str) -> frozenset[str]:
    """Stems of the words that carry the content: no function, reporting or direction words."""
    found: set[str] = set()
    for word in words(text):
        parts = [word, *word.split("-")] if "-" in word else [word]
        found.update(stem(part) for part in parts if part and part not in WITHOUT_CONTENT)
    return frozenset(found)
