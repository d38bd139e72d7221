"""Measures a stance model that is not shipped: a variant, or the same one in float32.

    python training/export_heads.py stance --weights WORK/NAME.pt --out ROOT/stance [--float32]
    cp -r assignee/engines/models/all_minilm_l6_v2 ROOT/
    python training/fit_aggregation.py --data DATA --models ROOT --out ROOT/stance/aggregation.json
    python training/measure.py --data DATA --models ROOT

It runs in the program's environment and prints macro-F1 on the development sets, of the stances
that the aggregation gives, before any calibration.
"""

import argparse
import asyncio
from pathlib import Path

from assignee.engines.embedder import Embedder
from assignee.engines.local.aggregation import Aggregation
from assignee.engines.local.judge import LocalJudge
from assignee.engines.local.memory import Memory
from assignee.engines.local.ranker import LocalRanker
from assignee.engines.stance import StanceModel
from assignee.evals.confidence import uncalibrated
from assignee.evals.opinions import asked
from assignee.evals.readers import stance_items
from assignee.evals.verify import verify

CONTRAST = Path(__file__).parent.parent / "evals/contrast/ml_pairs.jsonl"


def main() -> None:
    """Prints a line for each set."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the sets")
    parser.add_argument("--models", type=Path, required=True)
    options = parser.parse_args()
    weights = (options.models / "stance/aggregation.json").read_text("utf-8")
    judge = LocalJudge(
        LocalRanker(Memory(Embedder())),
        StanceModel(models=options.models),
        Aggregation.model_validate_json(weights),
    )
    for folder in (options.data / "scifact", options.data / "check_covid", CONTRAST):
        items = stance_items(folder, split="dev")
        opinions = asyncio.run(asked(items, judge))
        found = verify(items, opinions, calibration=uncalibrated(items, opinions))
        each = ", ".join(f"{name} {one.f1.value:.3f}" for name, one in found.classes.items())
        f1 = found.macro_f1
        print(f"{found.set}: macro-F1 {f1.value:.4f} [{f1.low:.3f}, {f1.high:.3f}] ({each})")


if __name__ == "__main__":
    main()
