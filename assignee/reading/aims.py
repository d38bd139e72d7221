"""Sentences that tell what was asked and not what was found: no evidence, for or against.

>>> is_aim("OBJECTIVE To determine whether planted roofs lower indoor temperatures.")
True
>>> is_aim("To determine whether planted roofs cool, we measured ten and found that they do.")
False
"""

import re

from assignee.reading.standalone import SECTION_LABEL

_ASKS = r"(?:investigat|examin|explor|assess|evaluat|ask|address)\w*"
_TO_ASK = (
    rf"(?:{_ASKS}|(?:test|compar|determin|analy[sz]|study|identif|estimat|clarif|quantif|elucidat|"
    r"verif|characteri[sz]|describ|review|summari[sz])\w*)"
)
_AIM = re.compile(
    rf"^(?:to {_TO_ASK}\b|"
    r"(?:the |our |its )?(?:(?:primary|main|overall|specific) )?(?:aim|objective|purpose|goal)s?\b"
    r"[^.]{0,120}?\b(?:is|are|was|were)\b|"
    r"(?:here,? )?we (?:aim(?:ed)?|sought|set out|wish(?:ed)?|want(?:ed)?|intend(?:ed)?) to\b|"
    r"(?:here,? |in this [\w ]{1,30},? )?(?:we|this (?:\w+ )?(?:study|paper|review|trial|work|"
    r"article|report)|the (?:present|current) (?:\w+ )?(?:study|review|trial|work)) "
    rf"(?:\w+ly )?(?:aim(?:s|ed)? to|seeks? to|sought to|{_ASKS}|"
    r"(?:test|determin|stud)\w* (?:whether|if|how))\b|"
    r"whether\b.{1,200}\b(?:unknown|unclear|uncertain|"
    r"not (?:\w+ )?(?:known|clear|established))\b)",
    re.IGNORECASE,
)
_FOUND = re.compile(
    r"\b(?:found|finds?|show(?:s|ed|n)?|observed?|observes|demonstrat\w+|reveal\w*|conclud\w+|"
    r"report(?:s|ed)? that|result(?:s|ed) in|led to|leading to|"
    r"resulting in|confirm\w*|suggest\w*|indicat(?:e|es|ed))\b",
    re.IGNORECASE,
)


def is_aim(sentence: str) -> bool:
    """Whether the sentence states an aim, a question or that something is not known."""
    said = SECTION_LABEL.sub("", sentence.strip(), count=1)
    return bool(_AIM.match(said)) and not _FOUND.search(said)
