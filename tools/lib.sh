# What the tools share: installing, building, the Python environment. Sourced, not run.
# Each step looks first whether it is needed, so that a second run takes none twice.
# Progress goes to stderr; the noise of a step to build/logs, and its end to stderr where it fails.

set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
venv=$root/.venv
logs=$root/build/logs
mkdir -p "$logs"

say() { printf '== %s\n' "$*" >&2; }
fail() { printf '== %s\n' "$*" >&2; exit 1; }

# logged <name> <command>...: runs a step quietly; shows the end of its log and stops where it fails.
logged() {
    local log=$logs/$1.log
    shift
    if ! "$@" >"$log" 2>&1 </dev/null; then
        tail -n 60 "$log" >&2
        fail "failed: $* (all of it in $log)"
    fi
}

# One at a time in this tree; released by unlock, or when the tool ends.
lock() {
    exec 9>"$root/build/.lock"
    flock -n 9 || { say "waiting for another run in this tree"; flock 9; }
}
unlock() { exec 9>&-; }

# listed <set>: the packages of a set in tools/packages.txt.
listed() { awk -v set="$1" '$1 == set { print $2 }' "$root/tools/packages.txt"; }

# Installs the Debian packages of a set that are missing, as root or with sudo.
install_packages() {
    if ! command -v dpkg-query >/dev/null; then
        say "not Debian: taking for granted what tools/packages.txt lists"
        return
    fi
    local package missing=()
    for package in $(listed "$1"); do
        [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] ||
            missing+=("$package")
    done
    ((${#missing[@]})) || return 0
    local sudo=()
    if ((EUID)); then
        command -v sudo >/dev/null || fail "as root, please: apt-get install ${missing[*]}"
        sudo=(sudo)
    fi
    say "installing ${missing[*]}"
    logged apt-update "${sudo[@]}" apt-get update
    logged apt-install "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y --no-install-recommends "${missing[@]}"
}

# .venv with the Python packages of the list. Debian's own Python where there is one: python3-dev and
# python3-venv belong to it, not to a pyenv that may come first in PATH.
python_environment() {
    local python=/usr/bin/python3 wanted
    [[ -x $python ]] || python=$(command -v python3)
    wanted=$("$python" --version; listed pip)
    if [[ $(cat "$venv/.installed" 2>/dev/null) == "$wanted" ]] && "$venv/bin/python" -c '' 2>/dev/null; then
        return
    fi
    say "making .venv with $("$python" --version)"
    logged venv "$python" -m venv --clear "$venv"
    local packages
    mapfile -t packages < <(listed pip)
    logged pip-install "$venv/bin/python" -m pip install --disable-pip-version-check "${packages[@]}"
    printf '%s\n' "$wanted" >"$venv/.installed"
}

# build <preset> <target> [cmake options]: configures where something about it changed, then builds.
build() {
    local preset=$1 target=$2 folder=$root/build/$1 wanted
    shift 2
    wanted=$(printf '%s\n' "$@"; cat "$root/CMakePresets.json")
    if [[ ! -f $folder/build.ninja || $(cat "$folder/.configured" 2>/dev/null) != "$wanted" ]]; then
        say "configuring $preset"
        (cd "$root" && logged "configure-$preset" cmake --preset "$preset" "$@")
        printf '%s\n' "$wanted" >"$folder/.configured"
    fi
    say "building $preset"
    logged "build-$preset" cmake --build "$folder" --target "$target" --parallel "$(nproc)"
}

# build_with_python <target>: of the preset ci, where the extension module is part of all, and from the
# same objects the Python package in .venv.
build_with_python() {
    lock
    install_packages apt
    python_environment
    build ci "$1" -DCRM_BUILD_PYTHON=ON "-DPython_EXECUTABLE=$venv/bin/python"
    install_package
    unlock
}

# Installs the Python package into .venv where its sources changed.
install_package() {
    local now
    now=$(cd "$root" && find CMakeLists.txt CMakePresets.json pyproject.toml README.md LICENSE cmake include \
        src schema bindings tools/embed_sql.cmake -name __pycache__ -prune -o -type f -print0 |
        sort -z | xargs -0 sha256sum | sha256sum)
    [[ $(cat "$venv/.crm" 2>/dev/null) == "$now" ]] && return
    say "installing the Python package into .venv"
    rm -f "$venv/.crm"
    # In the folder of the preset, with its options: nothing is compiled a second time.
    local options=("build-dir=$root/build/ci" cmake.define.CRM_BUILD_TESTS=ON
        cmake.define.CRM_BUILD_EXAMPLES=ON cmake.define.CRM_INSTALL=ON)
    logged package "$venv/bin/python" -m pip install --disable-pip-version-check --no-build-isolation --no-deps \
        --force-reinstall "${options[@]/#/--config-settings=}" "$root"
    printf '%s\n' "$now" >"$venv/.crm"
}
