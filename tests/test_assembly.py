"""What a run is put together from: judges, their calibrations, and what the stamp says of them."""

from dataclasses import replace
from pathlib import Path

from fake_engine import Roles
from profile_maker import profile

from assignee.assembly import judges, profiles_of
from assignee.engines.calibration import file_name, write_profile


class Other(Roles):
    name = "other"


def test_each_judge_has_its_own_calibration_or_none(tmp_path: Path) -> None:
    engine = replace(Roles().engine(), second=Other())
    assert profiles_of(engine, tmp_path) == {}
    made = profile("other")
    write_profile(made, tmp_path / file_name("other"))
    assert profiles_of(engine, tmp_path) == {"other": made}
    assert profiles_of(Roles().engine(), tmp_path) == {}


def test_the_stamp_names_the_second_judge_and_the_calibrations() -> None:
    engine, made = replace(Roles().engine(), second=Other()), profile("other")
    assert judges(engine, {"other": made}) == {
        "second judge": "other",
        "calibration of other": made.digest(),
    }
    assert judges(Roles().engine(), {}) == {}


def test_the_local_judge_is_the_one_that_costs_no_call() -> None:
    roles, other = Roles(), Other()
    assert roles.engine().local_judge is None
    assert replace(roles.engine(), second=other).local_judge is other
    assert replace(roles.engine(), kind="local").local_judge is roles
