#!/bin/sh
# SPDX-License-Identifier: MIT
# The report in a browser: no error on its console, every picture drawn, tables sort, and a phone need
# not scroll sideways. Usage: test_report_browser.sh TEST_REPORT_PAGE
set -eu
page_maker=$1
root=$(cd "$(dirname "$0")/.." && pwd)
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || {
    echo "skipped: no chromium"
    exit 77
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$page_maker" "$root/scripts" "$work/report.html"

# Errors are caught from the first script on; the findings go to whoever holds the page in a frame.
cat >"$work/before" <<'EOF'
<script>window.failures = []; addEventListener('error', (e) => failures.push(e.message));
console.error = (...said) => failures.push(said.join(' '));</script>
EOF
cat >"$work/after" <<'EOF'
<script>
const check = (holds, what) => { if (!holds) failures.push(what); };
for (const fold of document.querySelectorAll('details')) fold.open = true;
const kinds = document.querySelectorAll('section.kind').length;
check(kinds === 16, kinds + ' kinds');
check(document.querySelectorAll('nav.kinds a').length === kinds, 'not a link for each kind');
const figures = [...document.querySelectorAll('figure:not(.topology, .sequence)')];
check(figures.length > 300, figures.length + ' figures');
for (const figure of figures) {
  const svg = figure.querySelector('svg'), box = svg.getBoundingClientRect();
  const drawing = svg.querySelector('.canvas').getBBox();
  check(box.width > 200 && box.height > 150, figure.id + ' is small');
  check(drawing.width > 200 && drawing.height > 150, figure.id + ' is empty');
  check(svg.querySelector('title').textContent.length > 10, figure.id + ' has no title');
  for (const use of svg.querySelectorAll('use'))
    check(document.querySelector(use.getAttribute('href')), figure.id + ': dangling ' + use.outerHTML);
  for (const text of svg.querySelectorAll('text')) {
    const at = text.getBoundingClientRect(), px = svg.getScreenCTM().a * parseFloat(getComputedStyle(text).fontSize);
    check(at.left >= box.left - 1 && at.right <= box.right + 1 && at.top >= box.top - 1 &&
          at.bottom <= box.bottom + 1, figure.id + ': cut off: ' + text.textContent);
    check(px >= 11, figure.id + ': text of ' + px + ' px');
  }
}
const pictures = [...document.querySelectorAll('.sequence img')];
check(pictures.length > 0 && pictures.every((img) => img.complete && img.naturalWidth > 100), 'the trace is not drawn');
const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
check(new Set(ids).size === ids.length, 'ids appear twice');
for (const link of document.querySelectorAll('nav a'))
  check(document.querySelector(link.getAttribute('href')), 'no section ' + link.href);
for (const table of document.querySelectorAll('table.sortable')) {
  const rows = table.tBodies[0].rows.length;
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    const numeric = head.classList.contains('n');
    for (const order of numeric ? ['descending', 'ascending'] : ['ascending', 'descending']) {
      head.querySelector('button').click();
      check(head.getAttribute('aria-sort') === order, head.textContent + ' is not ' + order);
      if (!numeric) continue;
      const values = [...table.tBodies[0].rows].map((row) => row.cells[column])
        .map((cell) => cell ? parseFloat(cell.dataset.value ?? cell.textContent) : NaN);
      const known = values.filter((value) => !Number.isNaN(value));
      check(values.slice(0, known.length).every((value) => !Number.isNaN(value)), 'gaps not last');
      check(known.every((value, i) => i === 0 ||
        (order === 'ascending' ? known[i - 1] <= value : known[i - 1] >= value)),
        head.textContent + ' is not sorted');
    }
  });
  check(table.tBodies[0].rows.length === rows, 'sorting lost rows');
}
const root = document.documentElement;
check(root.scrollWidth <= root.clientWidth, root.scrollWidth + ' px wide in ' + root.clientWidth);
parent.postMessage(root.clientWidth + ' px: ' + (failures.length ? failures.slice(0, 8).join('; ') : 'good'), '*');
</script>
EOF
awk -v before="$work/before" -v after="$work/after" '
    function put(file,   line) { while ((getline line < file) > 0) print line; close(file) }
    /^<\/body>$/ { put(after) }
    { print }
    /^<head>$/ { put(before) }' "$work/report.html" >"$work/probe.html"

# A window may not be as narrow as a phone; a frame may.
cat >"$work/frames.html" <<'EOF'
<!doctype html><meta charset="utf-8"><pre></pre>
<script>addEventListener('message', (e) => document.querySelector('pre').append(e.data + '\n'));</script>
<iframe src="probe.html" width="390" height="800" style="border:0"></iframe>
<iframe src="probe.html" width="1280" height="800" style="border:0"></iframe>
EOF

said=$("$browser" --headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
    --disable-background-networking --disable-component-update --disable-sync \
    --hide-scrollbars --user-data-dir="$work/profile" --virtual-time-budget=20000 \
    --dump-dom "file://$work/frames.html" 2>"$work/errors" |
    sed -n 's/^\(<pre>\)\{0,1\}\([0-9]* px: .*\)$/\2/p; s/.*<pre>\([0-9]* px: .*\)$/\1/p' | sort -u)
echo "$said"
for width in 390 1280; do
    if ! echo "$said" | grep -q "^$width px: good"; then
        echo "test_report_browser: at $width px: not good" >&2
        exit 1
    fi
done
