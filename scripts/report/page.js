'use strict';
/* Headings of .sortable tables become buttons; numbers sort as numbers, what has none goes last. */
for (const table of document.querySelectorAll('table.sortable')) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.append(...head.childNodes);
    head.append(button);
    const numeric = head.classList.contains('n');
    const key = (row) => {
      const cell = row.cells[column];
      if (!cell) return numeric ? NaN : '';
      return numeric ? parseFloat(cell.dataset.value ?? cell.textContent) : cell.textContent.trim();
    };
    button.addEventListener('click', () => {
      /* Numbers start with the greatest, names with the first; the second click turns round. */
      const before = head.getAttribute('aria-sort') ?? (numeric ? 'ascending' : 'descending');
      const sign = before === 'ascending' ? -1 : 1;
      heads.forEach((other) => other.removeAttribute('aria-sort'));
      head.setAttribute('aria-sort', sign > 0 ? 'ascending' : 'descending');
      const rows = [...table.tBodies[0].rows].map((row) => [key(row), row]);
      rows.sort(([a], [b]) => {
        if (!numeric) return sign * a.localeCompare(b, 'en', { numeric: true });
        if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) - Number.isNaN(b);
        return sign * (a - b);
      });
      table.tBodies[0].append(...rows.map(([, row]) => row));
    });
  });
}
/* Paper has nothing to unfold. */
addEventListener('beforeprint', () => {
  for (const fold of document.querySelectorAll('details')) fold.open = true;
});
