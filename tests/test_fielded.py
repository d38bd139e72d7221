"""Questions in services that ask for every word: their words become alternatives."""

import pytest

from assignee.sources.fielded import asked
from assignee.sources.query import parse


@pytest.mark.parametrize(
    ("text", "same_as"),
    [
        ("sleep apnea stroke", "sleep AND apnea AND stroke"),
        ("Does sleep apnea raise the risk of stroke?", "sleep OR apnea OR raise OR risk OR stroke"),
        ("sleep apnea stroke risk year:2020", "(sleep OR apnea OR stroke OR risk) year:2020"),
        ('sleep apnea stroke risk "blood pressure"',
         '(sleep OR apnea OR stroke OR risk) "blood pressure"'),
        ("sleep AND apnea AND stroke AND risk", "sleep AND apnea AND stroke AND risk"),
        ("title:sleep title:apnea title:stroke title:risk",
         "title:sleep title:apnea title:stroke title:risk"),
        ("", ""),
    ],
)  # fmt: skip
def test_more_than_three_plain_words_are_alternatives(text: str, same_as: str) -> None:
    assert asked(text) == parse(same_as)
