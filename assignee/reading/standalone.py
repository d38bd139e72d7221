"""A sentence of a paper said as a claim: without its telling, its pointers and its connectives.

>>> claim_text("However, we find that loss falls with size (Figure 2).")
'Loss falls with size.'
>>> claim_text("Our results suggest that loss may fall with size.")
'Results suggest that loss may fall with size.'

Only what reports a finding outright ("we show that") is taken off. What weakens it ("suggest",
"there is evidence that", "may") stays: a claim is never stronger than its sentence.
"""

import re

_OPENERS = re.compile(
    r"^(?:(?:perhaps |most |more |un|not )?(?:interestingly|surprisingly|notably|importantly|"
    r"crucially|remarkably|strikingly|intriguingly|expectedly|specifically|concretely|precisely|"
    r"generally speaking)|(?:un)?fortunately|moreover|furthermore|further|however|nevertheless|"
    r"nonetheless|"
    r"additionally|in addition|in particular|in fact|indeed|in (?:summary|conclusion|short|sum)|"
    r"to (?:summari[sz]e|conclude)|(?:taken )?together|overall|finally|lastly|first(?:ly)?|"
    r"second(?:ly)?|third(?:ly)?|next|also|thus|therefore|hence|consequently|accordingly|"
    r"as a (?:result|consequence)|similarly|likewise|conversely|instead|meanwhile|besides|"
    r"ultimately|namely|of note|for (?:example|instance)|(?:in|by) contrast|still|that said|"
    r"even so|on the (?:other|one) hand|at the same time|here|as expected|and|but|so|yet),\s+|"
    r"^(?:thus|hence|therefore|but|and) (?=[a-z])|"
    r"^(?:note|notice|recall|it is (?:worth noting|notable|noteworthy)|it turns out) that ",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"^(?:main |key )?(?:results?|findings?|conclusions?|interpretation)\s*(?::|\.?\s?[—–]) *",
    re.IGNORECASE,
)
_SECTIONS = (
    r"(?:OBJECTIVES?|AIMS?|PURPOSE|BACKGROUND|CONTEXT|IMPORTANCE|RATIONALE|INTRODUCTION|DESIGN|"
    r"METHODS?|METHODOLOGY|MATERIALS?|SETTING|SUBJECTS|PARTICIPANTS|PATIENTS|INTERVENTIONS?|"
    r"MEASUREMENTS?|MAIN OUTCOME MEASURES?|DATA SOURCES?|"
    r"(?:MAIN |PRINCIPAL )?(?:RESULTS?|FINDINGS?)|CONCLUSIONS?|INTERPRETATION|"
    r"SIGNIFICANCE|DISCUSSION|LIMITATIONS|RELEVANCE|SUMMARY|MOTIVATION)"
)
SECTION_LABEL = re.compile(
    rf"^(?:{_SECTIONS}(?:(?: AND |/){_SECTIONS})*\b|(?:Objectives?|Aims?|Results|Conclusions?|"
    r"Findings|Interpretation)(?= (?:[A-Z]|\d)))\s*[:.—–-]?\s+(?=\W?[A-Z\d])"
)
"""The heading of a part of a structured abstract, run into its first sentence."""
_ENUMERATED = re.compile(
    r"^(?:[-*+•▪◦‣■●–]|\d{1,2}[.)])\s+|(?<!\S)\((?:\d|[a-e]|i{1,3}|iv|vi{0,3})\)\s+(?=\S)"
)

_POINTED = (
    r"(?:fig(?:ure)?s?|tab(?:le)?s?|eqs?|equations?|sec(?:tion)?s?|app(?:endix|endices)?|alg|"
    r"algorithms?|theorems?|lemmas?|suppl\w*)"
)
_ASIDES = (
    # "(see Figure 2)", "[12, 13]", "(Lee et al., 2020; Roe, 2019)"
    re.compile(
        rf"\s*[(\[](?:see |cf\.? |e\.g\.,? )?(?:also )?(?:{_POINTED}\b|§)[^()\[\]]*[)\]]",
        re.IGNORECASE,
    ),
    re.compile(r"\s*\[\d{1,3}(?:\s?[,;–-]\s?\d{1,3})*\]"),
    re.compile(
        r"\s*\((?:see |e\.g\.,? |cf\.? )*[A-Z][^()\d]{1,80}?,? (?:19|20)\d\d[a-z]?"
        r"(?:[;,] (?:[A-Z][^()\d]{1,80}?,? )?(?:19|20)\d\d[a-z]?)*\)"
    ),
    re.compile(
        r",? (?<!\w)(?:which|as) (?:is|are) (?:shown|depicted|reported) in [^,]{1,80}(?=\.$)"
    ),
)

_ADVERB = (
    r"(?:(?:also|further|furthermore|then|thus|therefore|hence|additionally|first|next|finally|"
    r"here|again|moreover|empirically|experimentally|theoretically|analytically|numerically|"
    r"formally|consistently|clearly|surprisingly|interestingly|now)\s)*"
)
_REPORTS = (
    r"(?:f(?:i|ou)nds?|show(?:s|ed|n)?|observe[sd]?|report(?:s|ed)?|conclude[sd]?|"
    r"demonstrate[sd]?|note[sd]?|discover(?:s|ed)?|reveal(?:s|ed)?|establish(?:es|ed)?|"
    r"confirm(?:s|ed)?|verif(?:y|ies|ied)|prove[sd]?|illustrate[sd]?|document(?:s|ed)?|"
    r"highlight(?:s|ed)?|saw|see)"
)
_HINTS = r"(?:suggest(?:s|ed)?|indicate[sd]?|impl(?:y|ies|ied)|hint(?:s|ed)?|point(?:s|ed)?)"
_KIND_OF_WORK = (
    r"(?:(?:experimental|experiment|empirical|extensive|theoretical|numerical|quantitative|"
    r"qualitative|main|key|central|core|primary|principal|comprehensive|detailed|systematic|"
    r"large-scale|human|automatic|ablation|simulation|evaluation|statistical|thorough|further|"
    r"additional|overall|first|new|own|in-depth|rigorous|careful|test|various|multiple|"
    r"mathematical|computational|controlled|comparative|benchmark),?\s(?:and\s)?)*"
)
_MANY = (
    r"(?:results|findings|experiments|evaluations|analyses|studies|simulations|ablations|tests|"
    r"observations|comparisons|measurements|investigations)"
)
_ONE = (
    r"(?:result|finding|experiment|evaluation|analysis|study|simulation|ablation|comparison|"
    r"investigation|experimentation)"
)
_PUBLICATION = r"(?:paper|work|study|article|note|report|survey|investigation|analysis)"
_OURS = r"(?:our|the|these|those|this)"
_NAMES = r"(?:[A-Z][\w’'-]+(?:, [A-Z][\w’'-]+)*(?:,? and [A-Z][\w’'-]+| et al\.))"
_TELLER = (
    rf"(?:(?i:we|(?:the|these|our) authors?|{_OURS} {_PUBLICATION}|"
    rf"(?:{_OURS} )?{_KIND_OF_WORK}(?:{_MANY}|{_ONE}))|I|{_NAMES})"
)
_IN_THIS_WORK = (
    rf"(?:(?i:(?:in|with|through) (?:this|the present|our) (?:\w+ )?(?:{_PUBLICATION}|{_MANY}|"
    r"letter|thesis)|here|in experiments|empirically|experimentally|overall|specifically|"
    r"notably|interestingly|surprisingly),? )"
)
_TELLING = re.compile(
    rf"^{_IN_THIS_WORK}?(?:{_TELLER} {_ADVERB}{_REPORTS}(?: (?:empirically|experimentally|"
    r"theoretically|further|also|analytically|formally|here|, for the first time,))? that,? |"
    r"(?i:it (?:is|was|has been|can be) (?:also )?(?:found|shown|observed|demonstrated|"
    r"revealed|confirmed|concluded) that )|"
    rf"(?i:(?:{_OURS}|one|a|another) {_KIND_OF_WORK}(?:result|finding|observation|conclusion|"
    r"takeaway|discovery|insight)s? (?:is|was|are) that ))"
)
_PLACED = re.compile(
    rf"^{_IN_THIS_WORK}?(?:(?i:we)|I) {_ADVERB}{_REPORTS} "
    r"(?P<place>(?:on|in|across|for|under|within|among) [^,;:]{3,80}?),? that (?P<rest>.+)$"
)
_FRAMED = re.compile(
    r"^(?P<frame>[A-Z][^;:]{1,160}?), (?:we|I) "
    rf"{_ADVERB}{_REPORTS} that (?P<rest>.+)$"
)
_CONDITION = re.compile(
    r"^(?:in|on|for|when|as|if|while|although|though|across|under|with|at|among|unlike|compared|"
    r"given|despite|within|after|during|without|where|whereas|even|only|contrary)\b(?! a step)",
    re.IGNORECASE,
)
"""Openings that limit what follows."""
_HOW_FOUND = re.compile(
    rf"\b(?:{_MANY}|{_ONE}|experimentation|\d+ (?:[\w-]+ ){{0,3}}(?:models|networks|runs))\b|"
    r"^(?:motivated|inspired|building|drawing|following|towards?|supported|to|as a step)\b",
    re.IGNORECASE,
)
"""Openings ("Through experiments on…", "Motivated by…") that only say how or why it was found."""
_HINTED = re.compile(
    rf"^(?i:our|these|the) (?P<kept>(?:(?!of\b)[\w-]+ ){{0,3}}{_MANY}"
    rf"(?: (?:on|with|in|of|using|across|from|over|for|performed|obtained)\b[^.;]{{1,160}}?)? "
    rf"{_ADVERB}(?:{_HINTS}|{_REPORTS}|supports?)\b.*)$"
)
_HINTED_ONE = re.compile(
    rf"^(?i:our|this|the) (?P<kept>(?:[\w-]+ ){{0,3}}{_ONE} {_ADVERB}{_HINTS} .*)$"
)
_EVIDENCE = re.compile(
    rf"^{_IN_THIS_WORK}?(?:(?i:we)|I|(?i:this {_PUBLICATION})) {_ADVERB}"
    r"(?:provides?|presents?|f(?:i|ou)nds?|offers?|gives?) "
    r"(?P<how>(?!no |little )(?:[\w-]+,? ){0,3}?)evidence (?P<rest>(?:that|of|for) .+)$"
)
_SEEN = re.compile(
    rf"^{_IN_THIS_WORK}?(?i:we|I) {_ADVERB}"
    r"(?P<verb>find|found|observe|observed|see|saw|discover|discovered) "
    r"(?P<what>(?:an?|no|little|only|strong|clear|large|small|significant|substantial)\b"
    r"(?: [\w-]+){0,4}? (?:correlation|relationship|relation|association|difference|evidence|"
    r"trade-?off|link|gap|improvement|increase|decrease|reduction|drop|gain|effect|degradation|"
    r"decline|bias|dependence|trend|advantage|benefit|law)(?P<many>s)?) "
    r"(?P<rest>(?:between|in|of|that|with|from|across|among|when|as|at|under|over|to|on|for)\b.+)$"
)
_OWN_VERBS = (
    r"(?:propose|introduce|present|show|demonstrate|provide|discuss|develop|design|find|argue|"
    r"analy[sz]e|investigate|release|describe|derive|prove|offer|evaluate|validate|observe|"
    r"report|suggest|explore|conclude|highlight|examine|illustrate|identify|hypothesize|confirm|"
    r"call|advocate|recommend|believe|outline)"
)
_AND_WE = re.compile(
    rf",? (?:and|then) (?:(?:also|then|further|thus|we|finally) )*{_OWN_VERBS}\b.*"
)
_AND_THAT = re.compile(r"(,?) (and|but) that (?=(?!of\b|in\b|for\b|with\b|is\b|are\b|was\b)[a-z])")
_ALSO = re.compile(r"(?<=\w) (?:also|thus|therefore|hence|consequently)(?= \w)(?<!\bbut also)")
_IN_OUR = re.compile(r"\b(in|across) (?:all )?our (experiments|simulations|evaluations)\b")


def claim_text(sentence: str) -> str:
    """The sentence without its telling: "We find that loss falls." becomes "Loss falls.".

    Numbers of figures and of references in brackets go as well, and connectives with what came
    before. Where no rule applies cleanly the sentence is left as it is.
    """
    text = " ".join(sentence.split()).replace("\\%", "%")
    for aside in _ASIDES:
        text = aside.sub("", text)
    text = _ENUMERATED.sub("", _without_label(text.strip()))
    text = _IN_OUR.sub(r"\1 \2", _without_opener(text))
    text = _capital(_without_opener(_retold(text)))
    return (text if "not only" in text else _ALSO.sub("", text)) or sentence


def _without_label(text: str) -> str:
    return _LABEL.sub("", SECTION_LABEL.sub("", text, count=1), count=1)


def _without_opener(text: str) -> str:
    return _capital(_OPENERS.sub("", text, count=1)) or text


def _retold(text: str) -> str:
    """The sentence with the first rule applied that fits it."""
    if telling := _TELLING.match(text):
        return _said(text[telling.end() :])
    if placed := _PLACED.match(text):
        return _said(f"{placed['place']}, {placed['rest']}")
    if framed := _FRAMED.match(text):
        frame, rest = framed["frame"], framed["rest"]
        goes = _HOW_FOUND.search(frame) and not _CONDITION.match(frame)
        return _said(rest if goes else f"{frame}, {rest}")
    if evidence := _EVIDENCE.match(text):
        return _said(f"there is {evidence['how']}evidence {evidence['rest']}")
    if seen := _SEEN.match(text):
        was = "were" if seen["many"] else "was"
        verb = {"f": "found", "o": "observed", "s": "seen", "d": "discovered"}[seen["verb"][0]]
        return _said(f"{seen['what']} {was} {verb} {seen['rest']}")
    if hinted := _HINTED.match(text):
        return _capital(hinted["kept"])
    if hinted := _HINTED_ONE.match(text):
        article = "an" if hinted["kept"][0].casefold() in "aeiou" else "a"
        return f"{article} {hinted['kept']}"
    return text


def _said(rest: str) -> str:
    """What was reported, without what the authors go on to do: ", and propose a remedy"."""
    cut = _AND_WE.sub("", rest, count=1)
    if cut != rest:
        rest = cut.rstrip(" ,;.") + "."
    return _AND_THAT.sub(r"\1 \2 ", rest)


def _capital(text: str) -> str:
    first = text.split(" ", 1)[0]
    # Names such as "mBERT" keep their small first letter.
    return text if any(map(str.isupper, first)) else text[:1].upper() + text[1:]
