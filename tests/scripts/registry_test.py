"""tests/rights/paths.txt says of every exported function whether it reads records, and by which entry of the oracle
(tests/rights/reads.cpp) that is proven to keep to rights. Whoever exports a function classifies it there."""
import os
import re
import subprocess
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILT = Path(os.environ.get("CRM_BUILD_DIR", ROOT / "build/ci"))
REGISTRY = ROOT / "tests/rights/paths.txt"
CLASSES = {"read", "write", "value", "file"}
EXPORTED = re.compile(r"^\s*\d+:\s+\S+\s+\d+\s+FUNC\s+(?:GLOBAL|WEAK)\s+DEFAULT\s+(?!UND)\S+\s+(\S+)")
# The compiler makes these where it likes; they are the functions of the class and touch no record.
MADE = re.compile(r"~|^(\w+)::\1$|::operator")


def library():
    found = [path for name in ("libcrm.so", "libcrm.a") if (path := BUILT / name).is_file()]
    assert found, f"no libcrm in {BUILT}: build first"
    return found[0]


def name_of(demangled):
    """"Session::get" of "crm::v1::Session::get(crm::v1::Ref) const"; None for what is not ours."""
    text = re.sub(r"\[abi:\w+\]", "", demangled)
    head = re.match(r"(?:crm::v1::Kind const& )?crm::v1::((?:\w+::)*(?:operator[^\s(]+|~?\w+))(?:<crm::v1::(\w+)>)?\(", text)
    return head and head.group(1) + (f"<{head.group(2)}>" if head.group(2) else "")


def exported():
    """Name → number of overloads."""
    symbols = subprocess.run(["readelf", "-sW", library()], capture_output=True, text=True, check=True).stdout
    mangled = sorted({match.group(1) for line in symbols.splitlines() if (match := EXPORTED.match(line))})
    plain = subprocess.run(["c++filt"], input="\n".join(mangled), capture_output=True, text=True, check=True).stdout
    names = {line: name_of(line) for line in set(plain.splitlines())}
    return Counter(name for name in names.values() if name and not MADE.search(name))


def registered():
    """Name → (class, entries, number of overloads)."""
    found = {}
    for line in REGISTRY.read_text(encoding="utf-8").splitlines():
        words = line.split("#")[0].split()
        if not words:
            continue
        name, *rest = reversed(words) if not re.fullmatch(r"x\d+", words[-1]) else reversed(words[:-1])
        count = int(words[-1][1:]) if re.fullmatch(r"x\d+", words[-1]) else 1
        assert name not in found, f"{name} stands in {REGISTRY.name} twice"
        found[name] = (words[0], [word for word in reversed(rest)][1:], count)
    return found


def entries():
    text = (ROOT / "tests/rights/reads.cpp").read_text(encoding="utf-8")
    return set(re.findall(r'^\s*\{"(\w+)", \d+, (?:true|false), make_\w+\},', text, re.M))


def test_every_exported_function_is_classified():
    known = registered()
    missing = [f"{name} ({count} overloads)" for name, count in sorted(exported().items())
               if name not in known or known[name][2] != count]
    assert not missing, (f"classify in {REGISTRY}, and give what reads records an entry in tests/rights/reads.cpp: "
                         + ", ".join(missing))


def test_every_classified_function_is_exported():
    gone = sorted(registered().keys() - exported().keys())
    assert not gone, f"no longer exported, take out of {REGISTRY}: " + ", ".join(gone)


def test_classes_are_known_and_reads_have_an_entry_in_the_oracle():
    known = entries()
    assert known, "the table of entries was not found"
    wrong = [name for name, (kind, _, _) in registered().items() if kind not in CLASSES]
    unproven = [name for name, (kind, used, _) in registered().items()
                if (kind == "read" and not used) or not set(used) <= known]
    unused = known - {entry for _, used, _ in registered().values() for entry in used}
    assert not (wrong or unproven or unused), (wrong, unproven, unused)
