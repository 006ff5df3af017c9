"""Students' mistakes are told apart: most by name, hardly any by a wrong one.

Every third of them in each run, spread over all exercises; all when slow tests run.
"""

from collections import Counter

import pytest

from tests.kit.battery import topic
from tests.kit.diagnoses import SETS, labels, mistakes, told, verdict

RIGHT, WRONG = 0.85, 0.02


@pytest.mark.parametrize("which", SETS)
def test_labels_name_files_and_misconceptions_that_exist(which):
    known = {f"{mistake.topic}/{mistake.file}": mistake for mistake in mistakes(which)}
    for file, right in labels(which).items():
        assert file in known, f"labels.toml: there is no {file}"
        spec = topic(known[file].topic).exercise(known[file].exercise)
        names = {wrong.name for wrong in spec.misconceptions}
        assert all(label in names or " " in label for label in right), (file, right)


@pytest.fixture(
    scope="module",
    params=[
        pytest.param((which, step), id=f"{which}, {'all' if step == 1 else 'a third'}", marks=marks)
        for which in SETS
        for step, marks in ((3, []), (1, pytest.mark.slow))
    ],
)
def verdicts(request):
    which, step = request.param
    known = labels(which)
    asked = [m for m in mistakes(which) if f"{m.topic}/{m.file}" in known][::step]
    return {
        file: verdict(mistake, told(mistake), known[file])
        for mistake in asked
        for file in [f"{mistake.topic}/{mistake.file}"]
    }


def test_most_mistakes_are_named_rightly(verdicts):
    counts = Counter(verdicts.values())
    told_of = [f"{file}: {found}" for file, found in verdicts.items() if found != "right"]
    assert verdicts, "no file is labelled"
    assert counts["right"] >= RIGHT * len(verdicts), (counts, told_of)


def test_hardly_any_mistake_is_named_wrongly(verdicts):
    wrong = [file for file, found in verdicts.items() if found == "wrong"]
    assert len(wrong) <= WRONG * len(verdicts), wrong
