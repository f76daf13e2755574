"""Every example runs without arguments, in an empty folder, and succeeds."""
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILT = Path(os.environ.get("CRM_BUILD_DIR", ROOT / "build/ci")) / "examples"


@pytest.mark.parametrize("name", sorted(path.stem for path in ROOT.glob("examples/*.cpp")))
def test_example_runs(name, tmp_path):
    done = subprocess.run([BUILT / name], cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr


PARTS_OF_THE_DEMO = ("demo", "sample", "terminal")  # tests/python/test_demo.py


@pytest.mark.parametrize("name", sorted({path.stem for path in ROOT.glob("examples/*.py")} - set(PARTS_OF_THE_DEMO)))
def test_python_example_runs(name, tmp_path):
    done = subprocess.run([sys.executable, ROOT / f"examples/{name}.py"], cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
