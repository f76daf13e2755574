"""The layers: base <- storage <- kernel <- domain <- exchange, report <- bindings."""
import functools
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BELOW = {"base": 0, "storage": 1, "kernel": 2, "domain": 3, "exchange": 4, "report": 4, "bindings": 5}
STORE = re.compile(r"sqlite3|SQLiteCpp")
FOREIGN = re.compile(r"\b(fmt|SQLite|pybind11|nlohmann|date|doctest)::|\bsqlite3|utf8proc|sodium|\bical[a-z]+_|libical")
OUTSIDE = re.compile(r"^(fmt|SQLiteCpp|sqlite3|pybind11|nlohmann|date|doctest|utf8proc|sodium|libical)\b")


def includes(path):
    return re.findall(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', path.read_text(encoding="utf-8"), re.M)


def find(name, beside):
    """The file of ours that an include names, or None."""
    return next((p.resolve() for p in (beside / name, ROOT / "include" / name, ROOT / "src" / name) if p.is_file()), None)


@functools.lru_cache(maxsize=None)
def layer_of(path):
    """A source has that of its folder; a public header that of the source of the same name whose own it is;
    one without a source (id.hpp, crm.hpp) the highest that it includes."""
    parts = path.relative_to(ROOT).parts
    if parts[0] != "include":
        return parts[1] if parts[0] == "src" else parts[0]
    layers = [source.parent.name for source in ROOT.glob(f"src/*/{path.stem}.cpp") if f"crm/{path.name}" in includes(source)]
    if layers:
        return min(layers, key=BELOW.get)
    below = [layer_of(other) for other in (find(name, path.parent) for name in includes(path)) if other]
    return max(below, key=BELOW.get, default="base")


def allowed(upper, lower):
    return upper == lower or BELOW[upper] > BELOW[lower]


def files(*patterns):
    return sorted(path for pattern in patterns for path in ROOT.glob(pattern))


OURS = files("include/crm/*.hpp", "src/*/*.[ch]pp", "bindings/python/*.[ch]pp")


def test_includes_point_down_the_layers():
    wrong = []
    for path in OURS:
        for name in includes(path):
            other = find(name, path.parent)
            if other and not allowed(layer_of(path), layer_of(other)):
                wrong.append(f"{path.relative_to(ROOT)} ({layer_of(path)}) includes {name} ({layer_of(other)})")
    assert not wrong, "\n".join(wrong)


def test_only_storage_includes_sqlite():
    wrong = [f"{path.relative_to(ROOT)} includes {name}" for path in OURS if layer_of(path) != "storage"
             for name in includes(path) if STORE.match(name)]
    assert not wrong, "\n".join(wrong)


def test_public_headers_show_no_third_party():
    wrong = []
    for path in files("include/crm/*.hpp"):
        code = re.sub(r"//.*|/\*.*?\*/", "", path.read_text(encoding="utf-8"))
        wrong += [f"{path.name}: {hit}" for hit in includes(path) if OUTSIDE.match(hit)]
        wrong += [f"{path.name}: {hit.group()}" for hit in FOREIGN.finditer(code)]
    assert not wrong, "\n".join(wrong)


def test_public_headers_include_only_public_headers():
    wrong = [f"{path.name} includes {name}" for path in files("include/crm/*.hpp") for name in includes(path)
             if (ROOT / "src" / name).is_file()]
    assert not wrong, "\n".join(wrong)
