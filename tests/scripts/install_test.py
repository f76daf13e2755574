"""An installed crm is found by find_package and linked by a project that knows nothing else of it."""
import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILT = Path(os.environ.get("CRM_BUILD_DIR", ROOT / "build/ci"))

PROJECT = """
cmake_minimum_required(VERSION 3.21)
project(consumer LANGUAGES CXX)
find_package(crm 0.1 REQUIRED)
add_executable(consumer consumer.cpp)
target_link_libraries(consumer PRIVATE crm::crm)
"""
PROGRAM = """
#include <crm/crm.hpp>
int main() { return crm::fold("Ștefan") == "stefan" ? 0 : 1; }
"""


def run(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300)
    assert done.returncode == 0, done.stdout


def test_find_package_finds_an_installed_crm(tmp_path):
    (tmp_path / "CMakeLists.txt").write_text(PROJECT)
    (tmp_path / "consumer.cpp").write_text(PROGRAM)
    run("cmake", "--install", BUILT, "--prefix", tmp_path / "installed")
    run("cmake", "-G", "Ninja", "-S", tmp_path, "-B", tmp_path / "build", f"-DCMAKE_PREFIX_PATH={tmp_path / 'installed'}")
    run("cmake", "--build", tmp_path / "build")
    run(tmp_path / "build" / "consumer")
