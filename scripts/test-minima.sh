#!/bin/sh
# Runs the quick tests on the lowest versions that pyproject.toml promises, in an environment of their own.
set -eu
cd "$(dirname "$0")/.."
venv=build/minima
python() { "$venv/bin/python" "$@"; }
pip() { python -m pip --disable-pip-version-check --no-input "$@"; }
lowest() { .venv/bin/python tools/minima.py "$@"; }

"${PYTHON:-python3}" -m venv --clear "$venv"

# The lowest torch where there is a build for the processor alone; on Linux those for CUDA take gigabytes.
torch=$(lowest torch)
if [ "$(uname -s)" = Linux ]; then
    build="$torch+cpu"
    if pip install --quiet --dry-run --no-deps "$build" >/dev/null 2>&1; then
        torch=$build
    else
        lacking=$torch torch=$(grep '^torch==' constraints.txt)
        echo "There is no $lacking for the processor alone here: the tests run with $torch, and say nothing of lower ones."
    fi
fi

lowest -torch >"$venv/minima.txt"
pip install --root-user-action=ignore "$torch" -r "$venv/minima.txt"
pip install --root-user-action=ignore --no-deps --no-build-isolation -e .
pip check

# That what is in use is what constraints.txt pins holds of .venv alone.
pins=tests/test_packaging.py::test_every_dependency_is_pinned_at_the_version_in_use
QT_QPA_PLATFORM=offscreen python -m pytest -n 2 -m "not slow" -p no:cacheprovider --deselect "$pins"
echo "Passed with $(python -m pip --disable-pip-version-check freeze --exclude-editable | grep -i '^torch==') and:"
sed 's/^/  /' "$venv/minima.txt"
