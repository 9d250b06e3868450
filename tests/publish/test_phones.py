"""The recorded phones that a lab carries are those of the room's lessons."""
import json

import pytest

from labkit import records
from labkit.lines import LABS
from publish import phones


def test_every_lab_has_some():
    assert phones.labs() == sorted(LABS)


@pytest.mark.parametrize("lab", LABS)
def test_they_are_those_of_the_lesson(lab):   # else: -m publish.phones
    text = phones.rows(lab).to_csv(index=False, lineterminator="\n")
    path = records.FOLDER / "phones" / f"{lab}.csv"
    assert path.read_bytes().decode() == text


def test_the_groups_of_the_whole_course_are_those_of_its_lessons():
    def stages(name):
        plan = json.loads((phones.LESSONS / f"{name}.json").read_text("utf-8"))
        return {stage["lab"]: stage["groups"] for stage in plan["stages"]
                if stage["kind"] == "run"}

    for lab, groups in stages("course").items():
        assert groups == stages(lab)[lab][:len(groups)]
