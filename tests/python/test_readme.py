"""What the README shows is what runs: its two programs are examples, its command line works on real files."""
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SALESFORCE = "crm/earthfink1982+salesforce-in-powerbi/data"


def block(heading, language):
    """The first block of a language below a heading."""
    section = re.split(rf"^## {re.escape(heading)}$", README, flags=re.MULTILINE)[1]
    return re.search(rf"^```{language}\n(.*?)^```$", section, flags=re.MULTILINE | re.DOTALL)[1]


def test_the_readme_shows_the_cpp_example():
    assert block("Ten lines of C++", "cpp") == (ROOT / "examples/quickstart.cpp").read_text(encoding="utf-8")


def test_the_readme_shows_the_python_example():
    assert block("Ten lines of Python", "python") == (ROOT / "examples/quickstart.py").read_text(encoding="utf-8")


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=600, **options)


def test_every_python_example_runs_in_an_empty_folder(tmp_path):
    for name in ("quickstart.py", "team_rights.py", "undo_import.py"):
        done = run(sys.executable, ROOT / "examples" / name, cwd=tmp_path)
        assert done.returncode == 0, name + "\n" + done.stdout + done.stderr
    assert "'Demo', 'Call back'" in run(sys.executable, ROOT / "examples/quickstart.py", cwd=empty(tmp_path)).stdout


def empty(folder):
    (folder / "empty").mkdir()
    return folder / "empty"


def test_the_command_lines_of_the_readme_work_on_a_salesforce_organisation(tmp_path, data):
    for name in ("Account.csv", "Contact.csv"):
        shutil.copy(data / SALESFORCE / name, tmp_path)
    program = tmp_path / "bin" / "crm"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m crm "$@"\n')
    program.chmod(0o755)
    environment = {**os.environ, "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}", "PYTHONIOENCODING": "utf-8"}
    lines = block("On the command line", "sh").replace("\\\n", "").splitlines()
    assert len(lines) > 5
    for line in lines:
        done = run("sh", "-c", line, cwd=tmp_path, env=environment)
        assert done.returncode == 0, f"{line}\nexit {done.returncode}\n{done.stdout}{done.stderr}"
