"""Whether a sentence can stand alone as a claim, and what of it is only the telling."""

import re

_OPENERS = (
    r"however|moreover|furthermore|thus|therefore|hence|also|but|and|additionally|in addition|"
    r"similarly|conversely|instead|finally|for example|for instance|in contrast|consequently|"
    r"specifically|as a result|interestingly|surprisingly|notably|although|though|while|whereas|"
    r"despite|since|because|when|if|given|with|in|for|under|by|not only (?:do|does|is|are)"
)
_DANGLING = re.compile(
    rf"^(?:(?:{_OPENERS}),?\s+)*"
    r"(?:this|that|these|those|it|they|he|she|its|their|such|both|the (?:former|latter|same|other|"
    r"approach|method|model|models|results?|authors?|resulting|proposed|two|three|above|"
    r"following))\b",
    re.IGNORECASE,
)
_FIRST_PERSON = re.compile(
    r"\b(?:we|our|ours|us|I|my|this (?:paper|work|study|article|survey|note))\b", re.IGNORECASE
)
_POINTER = re.compile(
    r"\b(?:fig(?:ures?|s?\.)|tables?|tab\.|eqs?\.|equations?|sections?|sec\.|appendix|algorithms?)"
    r"\s*\(?[A-Z]?\d|\bappendix\b|\b(?:see|as (?:shown|described|discussed) )(?:above|below)\b",
    re.IGNORECASE,
)
_SUBJECT = (
    r"(?:(?i:we|(?:the|these|those|our|this) (?:authors?|note|papers?|results?|findings?|"
    r"experiments?|study|studies|work|analysis|analyses|evaluations?)|results?|experiments?|"
    r"findings?)|[A-Z][\w’'-]+(?:, [A-Z][\w’'-]+)*(?:,? and [A-Z][\w’'-]+| et al\.))"
)
_VERB = (
    r"(?:find|found|finds|show|shows|showed|shown|observe[sd]?|report(?:s|ed)?|conclude[sd]?|"
    r"demonstrate[sd]?|argue[sd]?|suggest(?:s|ed)?|note[sd]?|discover(?:s|ed)?|reveal(?:s|ed)?|"
    r"indicate[sd]?|establish(?:es|ed)?|confirm(?:s|ed)?|state[sd]?|say|says|said)"
)
_TELLING = re.compile(
    rf"^(?:(?i:in (?:particular|addition|contrast)|moreover|furthermore|however|finally|thus|"
    rf"therefore|overall|specifically|interestingly|notably|surprisingly|here|additionally),? )?"
    rf"(?:{_SUBJECT} (?:(?:also|further|then|thus|therefore|empirically|consistently) )?{_VERB}"
    rf"(?: (?:empirically|experimentally|further|also))? that |"
    rf"it (?:is|was) (?:found|shown|observed) that |there is evidence that )",
)
_OPENER = re.compile(
    r"^(?:in particular|moreover|furthermore|however|finally|overall|specifically|interestingly|"
    r"notably|surprisingly|additionally|in addition|as a result|consequently),\s+",
    re.IGNORECASE,
)
_VERBLIKE = re.compile(
    r"\b(?:is|are|was|were|has|have|had|can|cannot|does|do|did|may|might|will|would|could|should|"
    r"\w+(?:ed|es|s))\b",
    re.IGNORECASE,
)


def claim_text(sentence: str) -> str:
    """The sentence without its telling: "We find that loss falls." becomes "Loss falls."."""
    text = " ".join(sentence.split())
    for pattern in (_TELLING, _OPENER):
        rest = pattern.sub("", text, count=1)
        if rest != text and rest:
            text = rest[0].upper() + rest[1:].replace(" and that ", " and ", 1)
    return text


def cannot_stand_alone(text: str) -> str | None:
    """Why the text cannot be understood by itself, in one clause, or `None` when it can.

    Looks for an opening that points back, first person, numbered figures and tables, and
    fragments without a verb. It cannot see every pronoun whose noun is elsewhere.
    """
    if len(text.split()) < 5 or not _VERBLIKE.search(text):
        return "too short or no verb"
    if match := _DANGLING.match(text):
        return f"opens with {match.group()!r}, which points back"
    if match := _FIRST_PERSON.search(text):
        return f"says {match.group()!r}"
    if match := _POINTER.search(text):
        return f"points to {match.group()!r}"
    if text.count("(") != text.count(")") or text.rstrip().endswith((":", ",", ";", "-", "–")):
        return "is cut off"
    return None
