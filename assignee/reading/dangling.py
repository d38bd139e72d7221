"""What keeps a text from being understood by itself: it points elsewhere, or is a fragment."""

import re

from assignee.reading.headings import is_heading

_CONNECTIVES = (
    r"however|moreover|furthermore|thus|therefore|hence|also|but|and|so|yet|additionally|"
    r"in addition(?: to)?|similarly|conversely|instead|finally|for example|for instance|"
    r"in contrast(?: to)?|by contrast|consequently|specifically|as a result|interestingly|"
    r"surprisingly|notably|although|though|while|whereas|despite|since|because|when|if|given|with|"
    r"in|for|under|by|on|at|to|from|after|before|during|through|via|using|unlike|like|beyond|"
    r"based on|due to|even|only|not only (?:do|does|is|are)|most of|some of|many of|all of|both of|"
    r"one of|none of|each of|part of|doing|as"
)
_WORK = (
    r"(?:approach|method|model|framework|algorithm|system|technique|architecture|scheme|results?|"
    r"experiments?|findings?|benchmark|dataset|paper|study|work|method|network)s?"
)
_LIMITED = (
    r"(?! (?:of|trained|pre-?trained|fine-?tuned|based on|that|which|with|without|called|named|"
    r"using|between|whose|behind|\w+ed (?:on|with|by|using|for|from|to|in))\b)"
)
"""A noun that one of these follows is told which one is meant."""
_OPENING = re.compile(
    rf"^(?:(?:{_CONNECTIVES}),?\s+)*"
    rf"(?:this|those(?! (?:who|that|which|with|of)\b)|these|they|he|she|his|her|its|their|them|"
    r"such(?! as\b)|(?:similar|comparable|identical|the same|corresponding) (?:results?|findings?|"
    r"patterns?|effects?|associations?|trends?|differences?)(?! (?:to|as|between|in both)\b)|"
    r"others?|another|neither(?! .* nor )|here|both(?! .{1,80} and )|"
    r"it(?! (?:is|was|becomes|remains|may be|can be) (?:\w+ )?(?:(?:im)?possible|difficult|"
    r"hard(?:er)?|eas(?:y|ier)|better|best|important|necessary|sufficient|(?:in)?feasible|useful|crucial|"
    r"essential|unclear|(?:un)?likely|beneficial|preferable|cheaper)\b)|"
    rf"that(?= (?:is|was|said|makes|leads|shows)\b)|the {_WORK}\b{_LIMITED}|"
    r"the (?:former|latter|same|other|authors?|resulting|proposed|two|three|four|above|following|"
    r"aforementioned|corresponding|said))\b",
    re.IGNORECASE,
)
_NO_SUBJECT = re.compile(
    r"^(?:(?:with|without|by|using|via|through|on|in|for|at|across|under|unlike|like|besides|"
    r"despite|compared (?:to|with)|relative to|to \w+|"
    r"(?:when|after|before|while|if|once|even when) \w+(?:ed|ing) (?:on|with|to|by|in|for|from|as|"
    r"using|over|at|across|under|the|an?))\b[^,]*|\w+(?:ed|ing) [^,]*|"
    r"(?:while|though|although|when|if) (?:\w+ly )?\w+ed), "
    r"(?:it|they|its|their|the (?:model|method|approach|proposed)s?)\b|"
    r"^(?:\w+-)?\w+ing (?:it|them|this|these)\b",
    re.IGNORECASE,
)
_FIRST_PERSON = re.compile(
    r"\b(?i:we|our|ours|my)\b|\bus\b|(?:^|[,;] |\b(?:that|and|which|as) )I (?=[a-z])|"
    r"\b(?i:this (?:paper|work|study|article|survey|note|report|thesis))\b|"
    r"\b(?i:the (?:present|current) (?:paper|work|study|article|survey))\b"
)
_POINTER = re.compile(
    r"\b(?:fig(?:ures?|s?\.)|tables?|tab\.|eqs?\.|equations?|sections?|sec\.|appendix|algorithms?|"
    r"theorems?|lemmas?|supplement\w*|ref\.)\s*\(?[A-Z]?\d|§\s?\d|\bappendix\b|"
    r"\b(?:see|as (?:shown|described|discussed|mentioned|noted|explained)(?: in)?) "
    r"(?:above|below|before|earlier|the (?:next|previous))\b",
    re.IGNORECASE,
)
_PROPOSED = re.compile(
    rf"\bthe (?:\w+ )?(?:(?:newly )?(?:proposed|presented|introduced|suggested)|aforementioned|"
    rf"above-mentioned|above) (?:[\w-]+ ){{0,2}}?[\w-]+|\bproposed (?:\w+ )?{_WORK}\b",
    re.IGNORECASE,
)
_DEMONSTRATIVE = re.compile(
    r"\b(?:this|these|such(?! (?:as|that)\b)(?: an?)?|those(?! (?:of|who|that|which|with|in|from|"
    r"on|without|for|by|at|\w+(?:ed|ing))\b))\s+(?P<noun>[a-z][\w-]*)",
    re.IGNORECASE,
)
_TOLD_BEFORE = frozenset(
    "effect trend gap pattern property phenomenon improvement relation relationship behavior "
    "behaviour ability difference increase decrease reduction advantage result performance "
    "correlation decline drop gain is was can may does has holds".split()
)
"""What "this" may take up of the clause before it."""
_VERB = re.compile(
    r"\b(?:is|are|was|were|has|have|had|can|cannot|does|do|did|may|might|will|would|could|should|"
    r"\w+(?:ed|es|s))\b",
    re.IGNORECASE,
)
_ENDING = re.compile(r"[.!…][\"'”’)\]*_]*(?:\s?\[\d[\d,;–\s-]*\])*$|[a-z]\.\d{1,3}(?:[,–-]\d+)*$")
_SMALL_START = re.compile(r"[a-z]{2,}(?![\w-]*[A-Z0-9])")
_NOTICE = re.compile(
    r"https?://|www\.|\bdoi:|rights reserved|©|\b(?:is|are|be|made) (?:\w+ )?(?:publicly |openly |"
    r"freely )?(?:available|released|open-sourced)\b|\bcorresponding author\b|@\w+\.",
    re.IGNORECASE,
)
_ROW = re.compile(r"^\||\t| \| .* \| ")
_GLUED = re.compile(r"[a-z)$]\.[A-Z][a-z]+ [a-z]")
_FEWEST, _MOST = 5, 90
"""Words of a sentence that can state a finding; longer ones are lists."""
_LETTERS = 0.6
"""Least share of letters; rows of tables and formulas have fewer."""


def cannot_stand_alone(text: str) -> str | None:
    """Why the text cannot be understood by itself, in one clause, or `None` when it can.

    Looks for an opening that points back, first person, "the proposed method", numbered figures
    and tables, and fragments without a verb. It cannot see every pronoun whose noun is elsewhere.
    """
    if len(text.split()) < _FEWEST or not _VERB.search(text):
        return "too short or no verb"
    for pattern, what in (
        (_OPENING, "opens with"),
        (_NO_SUBJECT, "opens with"),
        (_FIRST_PERSON, "says"),
        (_PROPOSED, "says"),
        (_POINTER, "points to"),
    ):
        if match := pattern.search(text):
            return f"{what} {match.group().strip()!r}"
    if match := _unresolved(text):
        return f"says {match.group()!r}, which points back"
    if _unbalanced(text) or text.rstrip().endswith((":", ",", ";", "-", "–")):
        return "is cut off"
    return None


def is_fragment(sentence: str) -> str | None:
    """Why a sentence as a paper prints it is none, in one clause, or `None` when it is one.

    Headings, rows of tables, list stumps, formulas, questions, notices of where the code is, and
    sentences cut at either end.
    """
    words = sentence.split()
    if is_heading(sentence) or len(words) < _FEWEST:
        return "a heading or a stump"
    if len(words) > _MOST or "•" in sentence[1:]:
        return "a list"
    if _ROW.search(sentence) or _letters(sentence) < _LETTERS:
        return "a table or a formula"
    if _NOTICE.search(sentence):
        return "a notice"
    if sentence.rstrip("\"'”’) ").endswith("?"):
        return "a question"
    if _SMALL_START.match(sentence):
        return "its beginning is cut off"
    if not _ENDING.search(sentence) or words[-1].casefold() in ("al.", "e.g.", "i.e."):
        return "its end is cut off"
    return "two sentences run together" if _GLUED.search(sentence) else None


def standing(text: str) -> float:
    """How well a text that can stand alone does so, 0 to 1: less with nouns that are not told
    which, with words that take up the clause before, very short, or very long."""
    words = len(text.split())
    weight = 1.0
    weight *= 0.8 if _VAGUE.match(text) else 1.0
    weight *= 0.9 if _DEMONSTRATIVE.search(text) or _BACKWARD.match(text) else 1.0
    weight *= 0.85 if words < 8 or words > 45 else 1.0
    return weight


_VAGUE = re.compile(
    r"^the (?!(?:\S+ ){1,4}(?:of|between|in|for|that|which|from|to|on|with|by|at|than)\b)",
    re.IGNORECASE,
)
_BACKWARD = re.compile(r"^(?:\S+ ){0,6}(?:it|they|its|their|them)\b", re.IGNORECASE)


def _unresolved(text: str) -> re.Match[str] | None:
    """The first "these methods" whose noun or clause is not told before it in the text."""
    for match in _DEMONSTRATIVE.finditer(text):
        before, noun = text[: match.start()].casefold(), match["noun"].casefold()
        if noun.rstrip("s")[:6] in before:
            continue
        if len(before.split()) < _FEWEST or noun not in _TOLD_BEFORE:
            return match
    return None


def _unbalanced(text: str) -> bool:
    return any(text.count(left) != text.count(right) for left, right in ("()", "[]"))


def _letters(text: str) -> float:
    dense = "".join(text.split())
    return sum(map(str.isalpha, dense)) / max(1, len(dense))
