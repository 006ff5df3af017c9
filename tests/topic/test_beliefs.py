"""A topic's beliefs are read from a text, and a mistake in it is one line that says where."""

import pytest

from autograder.spec import Exercise
from autograder.topic.beliefs import declare, read
from autograder.topic.chapter import Chapter, ChapterError
from tests.conftest import CATALOGUE

CHAPTER = '''# %% [markdown]
# # Averages

# %%
def average(x):
    """Average."""
    ### BEGIN SOLUTION
    total = x.sum()
    n = len(x)
    return total / n
    ### END SOLUTION


# %%
def spread(x):
    """Spread."""
    ### BEGIN SOLUTION
    return x.max() - x.min()
    ### END SOLUTION
'''
TEXT = """# Averages

- A list before the first exercise, and ## words: for people alone.

## average

- **summed** ` / n` → nothing
  Is a sum of ten marks a mark?
- **one-less** `n = len(x)` → `n = len(x) - 1`, `total = x.sum()` -> `total = float(x.sum())`
  or `len(x)` → `max(len(x) - 1, 1)`
  or
  ```diff
  -    n = len(x)
  -    return total / n
  +    n = len(x)
  +
  +    return total / (n - 1)
  ```
  *Bessel's correction,
  of a variance*
  How many marks are
  there?

- **median** as `_median`
  Does every mark count?

## `spread`

- **``odd``** ``x.max()`` → ``"`"``
  Say it in `x`.
"""


def topic(folder, text=TEXT):
    """Return the exercises of a small topic with the beliefs of `text`."""
    path = folder / "averages" / "misconceptions.md"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    chapter = Chapter("averages", CHAPTER)
    held = read(path, chapter.parts)
    functions = {"_median": _median, "LIMIT": 3}
    return [declare(Exercise(name, 1), held[name], path, chapter, functions) for name in held]


def _median(x):
    return x


def test_a_belief_has_ways_a_convention_and_a_hint(tmp_path):
    average, spread = topic(tmp_path)
    summed, less, median = average.misconceptions
    assert (summed.name, summed.replace, summed.by) == ("summed", (" / n",), ("",))
    assert (summed.hint, summed.convention) == ("Is a sum of ten marks a mark?", None)
    assert less.replace == ("n = len(x)", "total = x.sum()")
    assert less.by == ("n = len(x) - 1", "total = float(x.sum())")
    assert less.convention == "Bessel's correction, of a variance"
    assert less.hint == "How many marks are there?"
    assert [form.key for form in less.forms] == ["one-less (2)", "one-less (3)"]
    assert {(form.name, form.hint, form.convention) for form in less.forms} == {
        (less.name, less.hint, less.convention)
    }
    assert less.forms[1].replace == ("    n = len(x)\n    return total / n\n",)
    assert less.forms[1].by == ("    n = len(x)\n\n    return total / (n - 1)\n",)
    assert (median.function, median.replace) == (_median, ())
    assert [wrong.key for wrong in average.variants][-1] == "median"
    assert spread.misconceptions[0].by == ('"`"',)
    assert spread.misconceptions[0].hint == "Say it in `x`."


def test_lines_that_a_diff_keeps_stand_on_both_sides(tmp_path):
    diff = "```diff\n       n = len(x)\n  -    return total / n\n  +    return total\n  ```"
    (average, _) = topic(tmp_path, f"## average\n\n- **summed** \n  {diff}\n  Why?\n")
    (wrong,) = average.misconceptions
    assert wrong.replace == ("    n = len(x)\n    return total / n\n",)
    assert wrong.by == ("    n = len(x)\n    return total\n",)


def test_a_topic_without_the_file_has_no_beliefs(tmp_path):
    assert read(tmp_path / "misconceptions.md", ["average"]) == {"average": []}


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("## average", "## mean", 5, "no exercise mean in the chapter"),
        ("## `spread`", "## average", 27, "average has a heading in line 5 already"),
        ("` / n`", "` / m`", 7, "summed: ' / m' stands 0 times in the solution of average"),
        ("` / n`", "`x`", 7, "'x' stands 2 times"),
        ("`max(len(x) - 1, 1)`", "`max(`", 10, "one-less: no Python: '(' was never closed"),
        ("-    return total / n", "-    return total / m", 12, "stands 0 times"),
        ("**median**", "**summed**", 24, "average: two beliefs are called summed"),
        ("as `_median`", "as `_mean`", 24, "median: checks.py has no function _mean"),
        ("as `_median`", "as `LIMIT`", 24, "median: checks.py has no function LIMIT"),
        ("as `_median`", "", 25, "expected `old` → `new`"),
        ("  Does every mark count?\n", "", 24, "median has no hint"),
        ("  Does every mark count?", "Does every mark count?", 25, "indented by two spaces"),
        ("- **median**", "- median", 24, "a belief begins with its name"),
        ("` -> `total", "` = `total", 9, "expected `old` → `new`"),
        ("` → nothing", "` → none", 7, "expected `old` → `new`"),
        ("  ```\n", "", 12, "expected `old` → `new`"),
        ("  -    n = len(x)\n  -    return total / n\n", "", 12, "with a - line"),
        ("```diff", "```", 12, "expected `old` → `new`"),
    ],
)
def test_a_mistake_is_one_line_with_file_and_number(tmp_path, old, new, line, said):
    assert TEXT.count(old) == 1
    with pytest.raises(ChapterError) as mistake:
        topic(tmp_path, TEXT.replace(old, new))
    message = str(mistake.value)
    assert message.startswith(f"averages/misconceptions.md, line {line}: ")
    assert said in message
    assert "\n" not in message


def test_a_check_cannot_notice_a_belief_that_is_not_there(tmp_path):
    path = tmp_path / "averages" / "misconceptions.md"
    path.parent.mkdir()
    path.write_text(TEXT, encoding="utf-8")
    chapter = Chapter("averages", CHAPTER)
    exercise = Exercise("average", 1)

    @exercise.check(notices=["median", "mode"])
    def some(rng):
        """Averages."""

    held = read(path, chapter.parts)["average"]
    functions = {"_median": _median}
    with pytest.raises(ChapterError) as mistake:
        declare(exercise, held, path, chapter, functions)
    said = "averages/checks.py: average/some is to notice mode, which is no belief in "
    assert str(mistake.value) == f"{said}misconceptions.md"


def test_topics_attach_beliefs_once_however_often_they_are_loaded():
    first, second = (CATALOGUE.topic("optimizers").exercises for _ in range(2))
    assert [e.name for e in first] == [e.name for e in second]
    assert [len(e.misconceptions) for e in first] == [len(e.misconceptions) for e in second]
    assert sum(len(e.misconceptions) for e in first) > 50
