"""What all the package's models share: files that are checked, batches, and cores."""

import json
import os
from hashlib import sha256
from pathlib import Path

import pytest

from assignee.engines import text_model as module
from assignee.engines.text_model import TextModel
from assignee.errors import ModelFileError

MODELS = Path(module.__file__).parent / "models"
NAME = "all_minilm_l6_v2"
FILES = ["model.onnx", "tokenizer.json", "model.json"]


def copied(models: Path) -> Path:
    folder = models / NAME
    folder.mkdir()
    for name in FILES:
        (folder / name).write_bytes((MODELS / NAME / name).read_bytes())
    return folder


def run(models: Path) -> None:
    model = TextModel(NAME, models=models)
    model.run(model.encode(["a"]))


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    (copied(tmp_path) / name).unlink()
    with pytest.raises(ModelFileError, match=name):
        run(tmp_path)


@pytest.mark.parametrize("name", FILES)
def test_a_truncated_file_is_named(tmp_path: Path, name: str) -> None:
    os.truncate(copied(tmp_path) / name, 100)
    with pytest.raises(ModelFileError, match=name):
        run(tmp_path)


@pytest.mark.parametrize("name", [NAME, "roles", "stance"])
def test_a_model_file_is_small_and_is_the_one_recorded(name: str) -> None:
    weights = (MODELS / name / "model.onnx").read_bytes()
    facts = json.loads((MODELS / name / "model.json").read_text("utf-8"))
    assert len(weights) <= 25_000_000
    assert sha256(weights).hexdigest() == facts["sha256"]
    assert TextModel(name).model_id == facts["model_id"]
    assert facts["model_id"].endswith(f"@{facts['sha256'][:12]}")
    assert facts["sha256"] in (MODELS / name / "MODEL_CARD.md").read_text("utf-8")


def test_all_models_together_are_small() -> None:
    assert sum(file.stat().st_size for file in MODELS.glob("*/model.onnx")) <= 75_000_000


def test_batches_hold_every_text_once_within_the_budget() -> None:
    lengths = [5, 256, 3, 40, 40, 39, 256, 2]
    batches = module._batches(lengths, 128, 2)
    assert sorted(number for batch in batches for number in batch) == list(range(len(lengths)))
    for batch in batches:
        assert len(batch) == 1 or len(batch) * max(lengths[number] for number in batch) <= 128


def test_small_work_is_shared_among_cores() -> None:
    assert [len(batch) for batch in module._batches([32] * 8, 512, 2)] == [4, 4]
    assert [len(batch) for batch in module._batches([8] * 8, 512, 8)] == [8]
