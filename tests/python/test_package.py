"""The package itself: documentation, types, names."""
import ast
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import crm
from crm import _crm

from conftest import ROOT

STUB = Path(crm.__file__).with_name("_crm.pyi")


def public(owner):
    return {name: member for name, member in vars(owner).items() if not name.startswith("_")}


def stub_names():
    tree = ast.parse(STUB.read_text(encoding="utf-8"))
    names = {}
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            members = {}
            for item in node.body:
                if isinstance(item, ast.FunctionDef) and not item.name.startswith("_"):
                    members.setdefault(item.name, item)
                elif isinstance(item, ast.AnnAssign):
                    members[item.target.id] = item
            names[node.name] = members
        elif isinstance(node, ast.FunctionDef):
            names[node.name] = node
    return names


def test_everything_public_is_documented():
    bare = [name for name, member in public(_crm).items() if not getattr(member, "__doc__", None)]
    for name, owner in public(_crm).items():
        if isinstance(owner, type):
            bare += [f"{name}.{member}" for member, value in public(owner).items()
                     if (callable(value) or isinstance(value, property)) and not getattr(value, "__doc__", None)]
    assert bare == []


def test_the_stubs_name_what_there_is():
    stubs = stub_names()
    assert set(public(_crm)) == set(stubs)
    for name, owner in public(_crm).items():
        if isinstance(owner, type):
            assert set(public(owner)) == set(stubs[name]), name


def signature(node):
    arguments = node.args
    return [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)], [argument.arg for argument in arguments.kwonlyargs]


def test_the_stubs_take_the_arguments_that_functions_take():
    stubs, compared = stub_names(), 0
    for name, owner in public(_crm).items():
        members = {(name, member): value for member, value in public(owner).items()} if isinstance(owner, type) else {(name, None): owner}
        for (outer, member), value in members.items():
            node = stubs[outer][member] if member else stubs[outer]
            if not isinstance(node, ast.FunctionDef) or not callable(value):
                continue
            parameters = inspect.signature(value).parameters.values()
            plain = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
            keywords = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY]
            assert (plain, keywords) == signature(node), f"{outer}.{member}"
            compared += 1
    assert compared > 60


def test_the_part_of_the_stubs_that_follows_from_the_kinds_is_up_to_date():
    done = subprocess.run([sys.executable, ROOT / "tools/stubs", "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_stubs_type_check(tmp_path):
    pytest.importorskip("mypy")
    done = subprocess.run([sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "-p", "crm"], cwd=tmp_path,
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_the_package_says_it_is_typed_and_what_it_exports():
    assert STUB.is_file() and STUB.with_name("py.typed").is_file()
    assert {"create", "open", "field", "Party", "Ref", "Error", "Session"} <= set(crm.__all__)
    assert all(hasattr(crm, name) for name in crm.__all__)


def test_help_shows_signatures():
    assert "follow_up=None" in str(inspect.signature(crm.Activities.complete))
    assert "Completes an activity" in inspect.getdoc(crm.Activities.complete)
