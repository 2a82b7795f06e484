#!/bin/sh
# Opens the window; where none can open, says why and runs the moons scenario without one.
set -eu
cd "$(dirname "$0")/.."
bv() { .venv/bin/python -m boundaryviz "$@"; }

if why=$(.venv/bin/python -m boundaryviz.gui.preflight); then
    bv "$@"
    exit
fi
echo "$why"
echo "Running the moons scenario without a window instead."
mkdir -p out
bv train moons --json out/moons.json
bv figure moons --view summary -o out/moons.png >/dev/null
bv figure moons --view summary -o out/moons.pdf >/dev/null
echo "Written:"
for file in out/moons.json out/moons.png out/moons.pdf; do echo "  $PWD/$file"; done
