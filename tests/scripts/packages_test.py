"""tools/packages.txt is the one list of what crm needs; CMake and pip ask for nothing else."""
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def listed(which):
    lines = (ROOT / "tools/packages.txt").read_text().splitlines()
    return {line.split()[1] for line in lines if line.split()[:1] == [which]}


def test_every_debian_package_that_cmake_names_is_listed():
    named = set(re.findall(r"crm_need\((\S+)", (ROOT / "cmake/Dependencies.cmake").read_text()))
    brought_along = {"<Debian", "debian", "libc6-dev", "pybind11-dev"}  # by g++, and by pip
    assert named - brought_along <= listed("apt")


def test_every_package_that_pyproject_builds_and_tests_with_is_listed():
    text = (ROOT / "pyproject.toml").read_text()
    lists = re.findall(r"^(?:requires|test) = \[(.*)\]", text, re.M)
    named = {name for part in lists for name in re.findall(r'"([^"]+)"', part)}
    assert named and named <= listed("pip")
