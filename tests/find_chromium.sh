#!/bin/sh
# Find a Chromium for the browser tests, or get one, and say which.
set -eu

found() {
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        command -v "$name" && return 0
    done
    return 1
}

if browser=$(found); then
    echo "Browser tests use the Chromium on this machine: $browser"
elif [ "$(id -u)" = 0 ] && grep -qx 'ID=debian' /etc/os-release 2>/dev/null; then
    echo "No Chromium here; installing Debian's package"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null
    echo "Browser tests use Debian's Chromium: $(found)"
else
    echo "No Chromium here; browser tests use the one that Playwright downloads now"
    playwright install chromium
fi
