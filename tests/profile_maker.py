"""A calibration for tests: it leaves scores as they are, but for what is asked."""

from typing import Any

from assignee.engines.calibration import ClaimScaling, Outside, Profile, Risk, Temperature


def profile(judge: str, *, threshold: float = 0.5, outside: float = 1.0) -> Profile:
    """A profile that changes no score inside its domain, which is that of the first axis.

    Args:
        judge: whose profile it is.
        threshold: below it a spoken stance is taken as neutral.
        outside: the temperature outside the domain; 1 changes nothing.
    """
    values: dict[str, Any] = {
        "judge": judge,
        "method": Temperature(temperature=1.0),
        "losses": {"temperature": 0.5},
        "threshold": threshold,
        "risk": Risk(wanted=0.2, share=0.1, upper=0.15, spoken=100),
        "claims": ClaimScaling(slope=1.0, intercept=0.0, claims=50),
        "outside": Outside(
            temperature=outside, measured_on="sets", embedder="axes", centres=((1.0, 0.0),),
            cosine=0.5,
        ),
        "fitted_on": (),
    }  # fmt: skip
    return Profile(**values)
