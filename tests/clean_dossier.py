"""A made-up dossier without a fault: what a good report looks like to its reviewers."""

from assignee.records import (
    Dossier,
    DossierClaim,
    DossierEvidence,
    DossierReference,
    DossierSection,
)

QUESTION = (
    "Do planted roofs lower summer indoor temperature more than white roofs in mid-rise buildings?"
)

_WORKS = (
    ("1", "Planted roofs in a temperate summer", "journal"),
    ("2", "White coatings and top-floor temperature", "preprint"),
    ("3", "A field trial of planted and white roofs", "conference"),
    ("4", "Roof albedo and vegetation in five cities", "unknown"),
)


def _claim(
    name: str,
    text: str,
    verdict: str,
    source: str,
    *evidence: DossierEvidence,
    quote: str | None = None,
) -> DossierClaim:
    words = quote or text
    own = DossierEvidence(reference=source, quote=words, stance="supports", verbatim=True)
    return DossierClaim(
        id=name,
        text=text,
        verdict=verdict,
        verified=verdict.startswith("verified"),
        reference=source,
        quote=words,
        quote_verbatim=True,
        relevance=0.7,
        evidence=(own, *evidence),
    )


def _piece(reference: str, quote: str, stance: str) -> DossierEvidence:
    return DossierEvidence.model_validate(
        {"reference": reference, "quote": quote, "stance": stance, "verbatim": True}
    )


def clean_dossier() -> Dossier:
    """Six claims of four works, verdicts with evidence, an answer that fits them."""
    claims = (
        _claim(
            "c1",
            "Planted roofs lowered the indoor temperature of top floors by 2.4 °C in summer.",
            "verified (in its source: supported; elsewhere: supported)",
            "1",
            _piece("3", "Top floors below planted roofs stayed 2.4 °C cooler.", "supports"),
        ),
        _claim(
            "c2",
            "White roofs lowered the indoor temperature of mid-rise buildings by 1.3 °C.",
            "verified (in its source: supported; elsewhere: supported)",
            "2",
            _piece("4", "White roofs cooled mid-rise buildings by 1.3 °C.", "supports"),
        ),
        _claim(
            "c3",
            "Dry planted roofs cool no better than white roofs in summer.",
            "mixed (in its source: supported; elsewhere: mixed)",
            "3",
            _piece("4", "Dry plantings matched white roofs.", "supports"),
            _piece("1", "Even dry planted roofs beat white roofs.", "contradicts"),
        ),
        _claim(
            "c4",
            "The cooling of planted roofs fades within two floors below the roof.",
            "uncorroborated (in its source: supported; elsewhere: not enough evidence)",
            "4",
        ),
        _claim(
            "c5",
            "White coatings lose a third of their reflectance within 3 years.",
            "verified (in its source: supported; elsewhere: supported)",
            "2",
            _piece("3", "A third of the reflectance was gone after 3 years.", "supports"),
            quote="Within 3 years, white coatings lose one third of their reflectance.",
        ),
        _claim(
            "c6",
            "Irrigated planted roofs stayed 4 °C cooler at noon than white roofs.",
            "verified (in its source: supported; elsewhere: supported)",
            "1",
            _piece("3", "At noon, irrigated plantings were 4 °C below white roofs.", "supports"),
        ),
    )
    sections = (
        (
            "Abstract",
            "Planted roofs lowered indoor temperature more than white roofs did, by 2.4 °C against "
            "1.3 °C [c1, c2]. Evidence on dry plantings is mixed [c3].",
        ),
        (
            "1 Introduction",
            f"This report examines the research question: {QUESTION}\n"
            "It asks how planted and white roofs change the temperature of top floors in summer.",
        ),
        (
            "2 Methodology",
            "Search log:\n- archive, query “planted white roof temperature”, round 1: 9 hits.\n"
            "Quoted passages by basis: 5 of abstract, 1 of full text.\n"
            "Engine: local; judge local:rules-1.\nSettings: max_papers=12, rounds=2.\n"
            "6 claims were extracted; 4 were verified.",
        ),
        (
            "3 Results",
            "Planted roofs lowered indoor temperature by 2.4 °C in summer, white roofs by 1.3 °C "
            "[c1, c2]. However, papers disagree on whether dry planted roofs beat white ones [c3]. "
            "One source reports that the cooling fades within two floors [c4]. According to one "
            "paper, irrigated planted roofs stayed 4 °C cooler at noon than white roofs [c6].",
        ),
        (
            "4 Limitations",
            "2 of 6 claims could not be verified by independent papers.\n"
            "Most evidence rests on abstracts alone.",
        ),
    )
    return Dossier(
        question=QUESTION,
        title="Indoor temperature below planted and white roofs",
        sections=tuple(DossierSection(name=name, text=text) for name, text in sections),
        claims=claims,
        references=tuple(
            DossierReference.model_validate(
                {"key": key, "title": title, "year": 2022, "publication_status": status}
            )
            for key, title, status in _WORKS
        ),
        has_papers=True,
        papers_found=4,
    )
