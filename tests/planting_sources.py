"""Clean dossiers to plant in, with the papers' words by which their quotes are looked up."""

from clean_dossier import clean_dossier
from sample_report import sample_report

from assignee.evals.planting.source import Source, source_of
from assignee.records import Dossier


def _with_own_words(dossier: Dossier) -> Source:
    """The source whose papers hold the dossier's quotes and nothing else."""
    texts: dict[str, list[str]] = {}
    for claim in dossier.claims:
        texts.setdefault(claim.reference or "", []).append(claim.quote or "")
        for piece in claim.evidence:
            texts.setdefault(piece.reference, []).append(piece.quote)
    return Source(dossier, texts)


def _named() -> Dossier:
    """The clean dossier with two products in it."""
    text = clean_dossier().model_dump_json()
    text = text.replace("Irrigated planted roofs", "HydroMat-2 planted roofs")
    text = text.replace("irrigated planted roofs", "HydroMat-2 planted roofs")
    text = text.replace("The cooling of planted roofs", "The cooling of GreenTop-3 roofs")
    return Dossier.model_validate_json(text)


TEA = source_of(sample_report())
ROOFS = _with_own_words(clean_dossier())
PRODUCTS = _with_own_words(_named())
SOURCES = {"tea": TEA, "roofs": ROOFS, "products": PRODUCTS}
