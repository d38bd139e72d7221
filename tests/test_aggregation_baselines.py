"""Baselines beside the panels: no one is judged by what was learned from it."""

import doctest

import numpy as np
import pytest
from test_aggregation_laboratory import panel

from assignee.evals.bootstrap import resampled
from assignee.evals.statistics.folds import folds_of
from assignee.evals.statistics.humans import ceiling
from assignee.evals.trials import baselines as module
from assignee.evals.trials.baselines import (
    Baseline,
    baselines,
    best_single,
    human_scores,
    members_of,
)
from assignee.evals.trials.records import CLEAN, Dataset, Edit, Sample, Trial
from assignee.evals.trials.table import Table, arranged


def table(dataset: Dataset, name: str = "all") -> Table:
    """The recorded scores as one panel's trials."""
    trials = [
        Trial(panel=name, sample=s.id, epoch=1, fingerprint="", scores=s.recorded, score=None)
        for s in dataset.samples
    ]
    return arranged(dataset, name, trials)


def found_on(dataset: Dataset) -> dict[str, Baseline]:
    """All baselines by name, with few replicates."""
    weights = resampled([sample.group for sample in dataset.samples], replicates=50)
    return {one.name: one for one in baselines(dataset, [table(dataset)], weights)}


def value(baseline: Baseline, metric: str) -> float:
    """A figure on the samples themselves."""
    [values] = [figure.values for figure in baseline.figures if figure.metric == metric]
    return float(values[0])


def test_examples() -> None:
    assert doctest.testmod(module).failed == 0


def test_all_baselines_of_a_recorded_panel() -> None:
    dataset = panel()
    found = found_on(dataset)
    assert list(found) == [
        "constant", "length of the text", "best single member", "one human", "ceiling",
    ]  # fmt: skip
    human = np.array([sample.human_mean for sample in dataset.samples])
    assert value(found["constant"], "MAE") == pytest.approx(
        np.abs(human - human.mean()).mean(), rel=0.1
    )
    assert {figure.area for figure in found["constant"].figures} == {"error"}
    assert found["length of the text"].figures == ()
    assert found["length of the text"].why is not None
    assert value(found["best single member"], "Spearman") > 0.5
    assert value(found["best single member"], "AUC") > 0.7
    everyone = np.ones((1, len(human)))
    expected = ceiling(human_scores(dataset.samples), everyone)[0]
    assert value(found["ceiling"], "Pearson") == pytest.approx(expected)
    assert 0.3 < value(found["one human"], "Spearman") < expected
    assert all(len(f.values) == 51 for one in found.values() for f in one.figures)


def test_the_length_of_the_text_where_it_is_known() -> None:
    samples = tuple(
        Sample(id=str(n), group=str(n), human=(float(n),), words=10 * n) for n in range(8)
    )
    found = found_on(Dataset(name="x", kind="rated", samples=samples))
    assert value(found["length of the text"], "Spearman") == pytest.approx(1)
    assert {figure.area for figure in found["length of the text"].figures} == {"validity"}
    assert found["best single member"].why is not None
    assert found["one human"].why == found["ceiling"].why == "no sample has two human scores"


def test_of_planted_samples_the_length_alone_says_something() -> None:
    edit = Edit(operator="truncated", family="truncation", place="3", before="x", after="", why="y")
    samples = (
        Sample(id="a", group="a", words=100),
        Sample(id="a-cut", group="a", words=60, base="a", edit=edit),
        Sample(id="a-same", group="a", words=100, base="a", edit=edit),
    )
    assert samples[0].family == CLEAN
    found = found_on(Dataset(name="x", kind="planted", samples=samples))
    assert list(found) == ["constant", "length of the text", "best single member"]
    assert [figure.metric for figure in found["length of the text"].figures] == [
        "scored below its original"
    ]
    assert value(found["length of the text"], "scored below its original") == 0.75
    assert found["constant"].figures == ()


def test_the_best_member_is_the_choice_of_the_others() -> None:
    groups = [str(item) for item in range(40)]
    folds = folds_of(groups)
    human = np.arange(40.0)
    rng = np.random.default_rng(2)
    steady = human + rng.normal(scale=6, size=40)
    lucky = np.where(folds == 0, human * 10, rng.normal(size=40))
    found = best_single(np.column_stack([lucky, steady]), ["lucky", "steady"], human, folds)
    assert found.scores.tolist() == steady.tolist()
    assert "on all samples it would be steady" in found.detail


def test_where_folds_choose_differently_scores_share_a_scale() -> None:
    folds = np.repeat([0, 1, 2], 10)
    human = np.tile(np.arange(10.0), 3)
    first = np.where(folds == 2, human.astype(int) ^ 1, human)
    wide = np.where(folds == 0, -human, human) * 100 + 1000
    found = best_single(np.column_stack([first, wide]), ["first", "wide"], human, folds)
    assert found.detail.startswith("chosen by 3 folds on the others: first by 2, wide by 1;")
    assert found.scores[folds > 0].tolist() == first[folds > 0].tolist()
    assert found.scores[folds == 0] == pytest.approx(-human[folds == 0])


def test_reviewers_of_several_panels() -> None:
    dataset = panel(items=6)
    both = [table(dataset, "p"), table(dataset, "q")]
    assert members_of(dataset, both)[1] == ["one", "two", "none"]
    live = dataset.model_copy(update={"kind": "rated"})
    members, names = members_of(live, both)
    assert names[:2] == ["one of p", "two of p"]
    assert names[5] == "none of q"
    assert members.shape == (6, 6)
    assert members_of(live, [])[0].shape == (6, 0)


def test_humans_of_unequal_number_fill_rows() -> None:
    samples = [Sample(id="a", group="a", human=(1, 2)), Sample(id="b", group="b", human=(3,))]
    rows = human_scores(samples)
    assert rows[0].tolist() == [1, 2]
    assert rows[1, 0] == 3
    assert np.isnan(rows[1, 1])
