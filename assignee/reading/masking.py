"""Digits that are no quantities, blanked out: names, versions, citations, labels, years, dates."""

import re

_MONTH = (
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec|January|February|March|April|June|"
    r"July|August|September|October|November|December)\b\.?"
)
_LABELLED = (
    r"(?:figs?|figures?|tables?|tabs?|sections?|secs?|eqs?|eqns?|equations?|chapters?|appendix|"
    r"appendices|algorithms?|theorems?|lemmas?|propositions?|corollary|definitions?|parts?|steps?|"
    r"phases?|stages?|types?|grades?|class|levels?|lines?|rows?|columns?|refs?|nos?\.|vols?|"
    r"pp?\.|supplementary|version|round|apache)"
)
_REFERENCE = r"\(?[A-Z]?\d+(?:\.\d+)*[a-z]?\)?(?![\d%]|\.\d|\s?[KMBT]\b)"
_FAMILIES = (
    r"(?:llama|palm|claude|gpt|gemini|phi|qwen|mistral|mixtral|gemma|bloom|opt|falcon|vicuna|"
    r"alpaca|t[uü]lu|zephyr|mpt|pythia|flan|glm|deepseek|yi|olmo|codex|davinci|lamda|bert|grok)"
)
_CASELESS = tuple(
    re.compile(pattern, re.IGNORECASE | re.MULTILINE)
    for pattern in (
        r"(?:https?://|www\.)\S+",
        r"\b(?:doi:\s?)?10\.\d{4,9}/\S+",
        r"\barxiv\s?:\s?\S+|(?<![\d.])\d{4}\.\d{5}(?:v\d+)?(?![\d.])",
        r"\[\d+(?:\s?[,;–-]\s?\d+)*\]",
        rf"\b{_LABELLED}\.?\s?{_REFERENCE}(?:\s?(?:,|and|–|-|to|&)\s?{_REFERENCE})*",
        rf"\b{_FAMILIES}[\s-]\d+(?:\.\d+)?(?![\d.]|,\d|\s?[KMBT]\b|\s?[%×x]|\s?(?:m|b|tr)illion)",
        rf"\b\d{{1,2}}(?:st|nd|rd|th)?\s{_MONTH}(?:\s\d{{4}})?",
        rf"\b{_MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s\d{{4}})?",
        r"\b\d+(?:st|nd|rd|th)\b",
        r"\b\d+(?:\.\d+)?\s?%\s?-?(?:CIs?\b|C\.I\.|confidence|credible)",
        r"\b\d{4}-\d{2}-\d{2}\b|\b\d+\.\d+\.\d+\S*|\b\d+(?::\d+)+\b|\b\d+/\d+\b",
        r"\(\s?(?:\d{1,2}|[ivx]+)\s?\)",
        r"^[^\S\n]*\(?\d{1,2}[.)]\s",
        r"^[^\S\n]*(?:#+[^\S\n]*)?\d{1,2}(?:\.\d{1,2}){0,3}\.?\s(?!(?:hundred|thousand|(?:m|b|tr)illion)\b)"
        r"(?=(?-i:[A-Z][a-z]{3})[^.\n]{0,60}$)",
        r"\b(?:in|since|by|the|of|during|until|before|after|from|and|to)\s(?:19|20)\d\d"
        r"(?:\s?[-–/]\s?(?:(?:19|20)?\d\d))?(?![\d,.%]*\d|\s?[%KMBT]\b)s?(?!\s(?:examples|samples))",
        r"[(,]\s?(?:19|20)\d\d[a-z]?\s?(?=[);,])|\b(?:19|20)\d\d\s?[-–]\s?(?:19|20)\d\d\b",
    )
)
# GPT-3.5, T5-3B, LLaMA-2, CO2, top-5, BERT_base2: a token that begins with a letter.
_NAMED = re.compile(r"(?<![\w^{\\])[A-Za-zÀ-ÖØ-öø-ɏͰ-ӿ]\w*(?:[-–_./]\w+)*")
_DIGIT = re.compile(r"\d")
_MATHS = re.compile(r"\$(?P<maths>[^$\s](?:[^$\n]{0,78}[^$\s])?)\$(?!\d)")
_COMMANDS = {
    r"\times": "×",
    r"\cdot": "×",
    r"\sim": "~",
    r"\approx": "~",
    r"\leq": "≤",
    r"\le": "≤",
    r"\geq": "≥",
    r"\ge": "≥",
    r"\pm": "±",
    r"\%": " %",
}
_COMMAND = re.compile(r"\\(?:times|cdot|sim|approx|leq?|geq?|pm)(?![a-zA-Z])|\\%")
_WRAPPED = re.compile(r"\\(?:text|mathrm|mathbf|mathit|textbf)\{(?P<inner>[^{}]*)\}")


def mask(text: str) -> str:
    """The text with its non-quantities blanked, equally long, so that offsets stay good.

    Plain LaTeX (`$10^{12}$`, `5\\times`, `85\\%`) is made readable in place.
    """
    if not _DIGIT.search(text):
        return text
    text = _MATHS.sub(lambda maths: f" {maths['maths']} ", text)
    text = _WRAPPED.sub(_unwrapped, text)
    text = _COMMAND.sub(lambda found: _COMMANDS[found.group()].ljust(len(found.group())), text)
    for pattern in _CASELESS:
        text = pattern.sub(_blank, text)
    return _NAMED.sub(_blank_if_numbered, text)


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())


def _unwrapped(match: re.Match[str]) -> str:
    """The inner text, pushed to the right so that it stays beside what follows."""
    return f"{match['inner']} ".rjust(len(match.group()))


def _blank_if_numbered(match: re.Match[str]) -> str:
    word = match.group()
    return " " * len(word) if any(char.isdigit() for char in word) else word
