"""What each kind of reviewer looks at: six checklists of binary items.

Every item is asked so that `yes` is good and can be answered by yes, no or cannot assess; an item
that is a matter of degree names its threshold. Weights say how much an item matters: 4 is what a
synthesis is made for (an answer, from claims that others bear out), 3 is what it cannot do without,
0.5 is a courtesy to the reader.
"""

from assignee.engines.protocol import Checklist
from assignee.records import CheckItem


def _checklist(name: str, purpose: str, *items: tuple[str, float, str]) -> Checklist:
    return Checklist(
        name=name,
        purpose=purpose,
        items=tuple(
            CheckItem(id=f"{name}.{item}", weight=weight, question=question)
            for item, weight, question in items
        ),
    )


EVIDENCE = _checklist(
    "evidence",
    "To find out whether every claim and every verdict rests on words that can be looked up.",
    ("sourced", 2, "Does every claim name the reference that it was taken from?"),
    ("quoted", 2, "Does every claim carry the words of its source that it rests on?"),
    ("quote_fits", 2, "Does every claim's quote speak of what the claim says?"),
    (
        "verdict_evidence",
        3,
        "Does every verdict list its evidence: reference, quoted words and stance?",
    ),
    ("verbatim", 3, "Does every quote stand word for word in the paper that it is given for?"),
    ("confidence", 2, "Is no claim called verified beside a confidence below 0.5?"),
    ("corroborated", 4, "Is at least a quarter of the claims verified by another paper?"),
    ("mostly_corroborated", 3, "Is at least half of the claims verified by another paper?"),
    (
        "own_words",
        1,
        "Do at least half of the claims quote the papers themselves, not notes about them?",
    ),
)

COVERAGE = _checklist(
    "coverage",
    "To find out whether the question is answered, from many papers, and nothing found is hidden.",
    ("answered", 3, "Do the results hold an answer to the question that cites claims or papers?"),
    ("answer_cited", 2, "Does every sentence of the answer cite at least one claim or paper?"),
    ("relevant", 3, "Do at least half of the claims bear on the question?"),
    (
        "question_parts",
        2,
        "Do the claims, taken together, speak of at least half of what the question names?",
    ),
    (
        "many_papers",
        3,
        "Do the claims come from at least three papers (two, if there are fewer than six claims), "
        "with at most half of them from the largest contributor?",
    ),
    (
        "direct",
        4,
        "Does at least a quarter of the claims name several of the question's subjects together "
        "(a quarter of them, from two to four)?",
    ),
    (
        "conclusive",
        4,
        "Does the answer open with more than that the question cannot be answered?",
    ),
    ("references_listed", 2, "Is every paper that the report says it used listed as a reference?"),
    ("checked", 1, "Were at least four in five claims checked?"),
)

NUMBERS = _checklist(
    "numbers",
    "To find out whether every number can be traced to quoted words and agrees with the others.",
    ("answer_traced", 3, "Does every number in the answer and abstract stand in a claim or quote?"),
    ("claims_in_quotes", 3, "Does every number in a claim stand in a quote listed for it?"),
    (
        "corroborated",
        2,
        "Is at least one in five claims with a number verified by another paper?",
    ),
    (
        "counts_agree",
        1.5,
        "Do the numbers of claims and of verified claims that the text gives agree with the list?",
    ),
    (
        "confidence_explained",
        1.5,
        "Are confidences left out, or between 0 and 1 with a word on what they mean?",
    ),
    ("possible", 1, "Is every stated value possible (probabilities and correlations in range)?"),
)

BALANCE = _checklist(
    "balance",
    "To find out whether the report says no more than its evidence, and says what speaks against.",
    ("against_mentioned", 3, "Is evidence against the claims mentioned in the answer or abstract?"),
    (
        "weighed",
        3,
        "Do at least half of the claims list evidence from another paper, for or against?",
    ),
    ("against_sought", 2, "Does the report show or say what speaks against its claims?"),
    (
        "hedged",
        3,
        "Does the strength of each sentence of the answer fit the verdicts on the claims it cites?",
    ),
    ("duplicates_merged", 1.5, "Are near-identical claims merged?"),
    ("contradictions_linked", 2, "Are claims that cannot both hold linked as a contradiction?"),
    ("limitations_specific", 2, "Do the limitations speak of this report, not of any report?"),
    ("unverified_counted", 1.5, "Do the limitations say how many claims could not be verified?"),
    (
        "basis",
        1,
        "Does the report say what the evidence was read from (full texts, abstracts or notes)?",
    ),
)

CLARITY = _checklist(
    "clarity",
    "To find out whether a reader can understand the report by itself, sentence by sentence.",
    ("claims_whole", 3, "Is every claim a whole statement, none cut in the middle of a sentence?"),
    ("question_whole", 1, "Is the question given in whole wherever it is given?"),
    (
        "on_subject",
        2,
        "Do title and introduction speak of the question, not of one arbitrary paper?",
    ),
    (
        "answer_first",
        1.5,
        "Does the answer open with its subject, not with the report's own claims or papers?",
    ),
    (
        "self_contained",
        2,
        "Can every claim be understood without the figures, tables and context of its source?",
    ),
    ("sentences_clean", 1, "Is the text free of doubled punctuation and left-over placeholders?"),
    (
        "readable",
        1,
        "Are abstract and answer of readable length (sentences of at most 35 words on average, "
        "none above 80)?",
    ),
    (
        "acronyms",
        0.5,
        "Are at most three acronyms that recur in the text left unexplained?",
    ),
)

AUDIT = _checklist(
    "audit",
    "To check by rule what needs no judgement: form, citations, status, and attempts to steer.",
    (
        "no_instructions",
        3,
        "Is the text free of instructions to its reviewers and of invisible characters?",
    ),
    ("sections_complete", 2, "Is every expected section there, none empty or cut off?"),
    (
        "citations_resolve",
        3,
        "Does the report cite, and does every citation lead to one of its claims or references?",
    ),
    (
        "publication_status",
        2,
        "Is the publication status not overstated (no preprint or unknown called peer-reviewed)?",
    ),
    (
        "reproducible",
        2,
        "Are the search (queries or sources by name), the engine or models, and the settings "
        "stated?",
    ),
    (
        "verdict_follows",
        3,
        "Does each verdict follow from its listed evidence (verified: support from another "
        "reference and none against; contradicted or mixed: evidence against)?",
    ),
    (
        "reasons",
        1.5,
        "Are the claims that were not verified told apart by reason (contradicted, mixed, "
        "not enough evidence, not checked)?",
    ),
    ("retracted", 2, "Is no claim supported by a retracted work?"),
    ("references_identified", 1, "Does every reference have a title?"),
)

BARE = _checklist("bare", "To say how good the report is, by a score alone.")
"""No items: what a model says without a checklist, for comparison with what it says by one."""

CHECKLISTS: dict[str, Checklist] = {
    checklist.name: checklist
    for checklist in (EVIDENCE, COVERAGE, NUMBERS, BALANCE, CLARITY, AUDIT, BARE)
}
"""Checklists by the name that a panel file gives."""
