#!/bin/sh
# Build the wheel, install it in an empty environment and use it from another folder.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

"$root/.venv/bin/python" -m build --wheel --no-isolation --outdir "$place/dist" "$root" >/dev/null
"$root/.venv/bin/python" -m venv "$place/venv"
# Only what the wheel itself asks for, in the versions of the lock file.
sed -n 's/^\([A-Za-z0-9._-]*==.*[^ ]\) \\$/\1/p' "$root/requirements.lock" >"$place/versions.txt"
"$place/venv/bin/python" -m pip install --quiet --constraint "$place/versions.txt" "$place"/dist/*.whl
"$place/venv/bin/python" -m pip check

cd "$place"
"$place/venv/bin/python" -I -c '
import spasmlib
tables = spasmlib.load()
assert "site-packages" in str(tables.folder), tables.folder
person = spasmlib.Person(present={"loc_low_back"}, age=41)
print("From the wheel:", tables)
print(spasmlib.assess(tables, person).causes[["label", "share"]].head(3).to_string())
'
"$place/venv/bin/spasm" check
echo "The dashboard, as the wheel serves it:"
cd "$root"
PATH="$root/.venv/bin:$PATH" sh tests/find_chromium.sh
SPASM="$place/venv/bin/spasm" .venv/bin/pytest -q -p no:cacheprovider -m browser tests/test_app.py -k everything_on_one_page
