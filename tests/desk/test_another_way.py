"""`autograder check --another`: what has passed, written in another way."""

from __future__ import annotations

import pytest

from tests.kit.release import make_release, shell, written

TOPIC = "lstm"
LOOPS = """
out = np.empty_like(h)
for n in range(len(h)):
    for k in range(h.shape[1]):
        z = b[k] + sum(w[k, j] * h[n, j] for j in range(h.shape[1]))
        z += sum(w[k, h.shape[1] + j] * x[n, j] for j in range(x.shape[1]))
        out[n, k] = 1 / (1 + np.exp(-z))
return out
"""
WRONG = "return 1 / (1 + np.exp(-(np.concatenate([x, h], axis=1) @ w[: h.shape[1]].T)))"


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    from shutil import copyfile

    from tests.conftest import ROOT

    folder = make_release(tmp_path_factory.mktemp("release"), [TOPIC])
    for name in ("public_checks.npz", "another_way.json"):
        copyfile(ROOT / "assignments" / TOPIC / name, folder / "assignments" / TOPIC / name)
    return folder


def check(release, tmp_path, body, *argv):
    (tmp_path / "lstm.py").write_text(written(TOPIC, forget_gate=body), encoding="utf-8")
    root = ["--root", str(release)]
    return shell(release, "check", str(tmp_path / "lstm.py"), *root, "-e", "forget_gate", *argv)


def test_after_a_pass_it_is_offered_and_shown_with_both_times(release, tmp_path):
    done = check(release, tmp_path, LOOPS)
    assert done.returncode == 0, done.stdout + done.stderr
    (offer,) = [line for line in done.stdout.splitlines() if line.startswith("Another way")]
    assert offer.endswith("--exercise forget_gate --another")
    shown = check(release, tmp_path, LOOPS, "--another").stdout
    assert "forget_gate, another way (vectorised)" in shown
    assert "def forget_gate" in shown
    assert "Time: yours " in shown
    assert "Another way to write it" not in shown


def test_who_wrote_no_loops_is_shown_loops(release, tmp_path):
    body = "k = h.shape[1]\nz = np.concatenate([h, x], axis=1) @ w[:k].T + b[:k]\n"
    body += "return 1 / (1 + np.exp(-z))"
    assert "another way (loops)" in check(release, tmp_path, body, "--another").stdout


def test_before_a_pass_nothing_is_shown(release, tmp_path):
    done = check(release, tmp_path, WRONG, "--another")
    assert done.returncode == 1
    assert "comes after that" in done.stdout
    assert "def forget_gate" not in done.stdout


def test_an_instructor_may_leave_it_out(release, tmp_path):
    setting = release / "assignments" / "desk.toml"
    setting.write_text("another_way = false\n", encoding="utf-8")
    try:
        assert "Another way" not in check(release, tmp_path, LOOPS).stdout
        shown = check(release, tmp_path, LOOPS, "--another").stdout
        assert "no other way here" in shown
        assert "def forget_gate" not in shown
    finally:
        setting.unlink()
