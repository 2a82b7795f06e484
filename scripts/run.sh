#!/bin/sh
# Opens the window; where none can open, says why and runs the flagship scenario without one.
set -eu
cd "$(dirname "$0")/.."
bv() { .venv/bin/python -m boundaryviz "$@"; }

if why=$(.venv/bin/python -m boundaryviz.gui.diagnostics.preflight); then
    bv "$@"
    exit
fi
echo "$why"
echo "Running the scenario two-moons-bridge without a window instead."
mkdir -p out
bv train two-moons-bridge --twin --json out/two-moons-bridge.json
bv figure two-moons-bridge --view twin -o out/two-moons-bridge-twin.png >/dev/null
bv figure two-moons-bridge --view flip -o out/two-moons-bridge-flip.pdf >/dev/null
echo "Written:"
for file in two-moons-bridge.json two-moons-bridge-twin.png two-moons-bridge-flip.pdf; do echo "  $PWD/out/$file"; done
