// Tables whose rows change in place, so that focus, selection and scrolling stay. On a narrow page, each row becomes a
// block; the explicit roles keep it a table for screen readers.

import { el, say } from './dom.js';

/**
 * Creates a table.
 *
 *     const apps = table('Applications', [
 *       { title: 'File', value: (app) => app.file, head: true },
 *       { title: 'Requests', value: (app) => count(app.requests), number: true },
 *       { title: 'State', fill: (cell, app) => … },        // anything but a text
 *       { title: 'Request', value: …, keep: true },        // is not narrowed for others
 *     ], { key: (app) => app.file, empty: 'No applications.' });
 *     section.append(apps.element);
 *     apps.show(list);
 */
export function table(label, columns, { key, empty }) {
  const body = el('tbody', { role: 'rowgroup' });
  const titles = columns.map(({ title, number, unseen }) =>
    el('th', { role: 'columnheader', scope: 'col', class: number && 'n' }, unseen ? el('span', { class: 'unseen' }, title) : title));
  const head = el('thead', { role: 'rowgroup' }, el('tr', { role: 'row' }, ...titles));
  const element = el('table', { role: 'table', 'aria-label': label }, head, body);
  const nothing = el('p', { class: 'quiet nothing' }, empty);
  const rows = new Map();

  const cellOf = ({ title, number, keep, head: isHead, unseen }) =>
    el(isHead ? 'th' : 'td', {
      role: isHead ? 'rowheader' : 'cell',
      scope: isHead && 'row',
      class: number ? 'n' : keep && 'keep',
      'data-title': unseen ? null : title,
    });

  function rowOf(id) {
    const found = rows.get(id);
    if (found) return found;
    const cells = columns.map(cellOf);
    const row = { line: el('tr', { role: 'row', 'data-key': id }, ...cells), cells };
    rows.set(id, row);
    return row;
  }

  return {
    element: el('div', {}, element, nothing),
    show(items) {
      element.hidden = items.length === 0;
      nothing.hidden = items.length > 0;
      const present = new Set(items.map(key));
      for (const [id, { line }] of rows) {
        if (!present.has(id)) {
          line.remove();
          rows.delete(id);
        }
      }
      items.forEach((item, i) => {
        const { line, cells } = rowOf(key(item));
        columns.forEach(({ value, fill }, c) => (fill ? fill(cells[c], item) : say(cells[c], value(item))));
        if (body.children[i] !== line) body.insertBefore(line, body.children[i] ?? null);
      });
    },
  };
}

/** A cell with a state in words and colour ("good", "warn", "bad"), and an explanation below it. */
export function fillState(cell, words, mood, why) {
  if (!cell.firstElementChild) cell.append(el('span', { class: 'mood' }), el('small', { class: 'why' }));
  cell.firstElementChild.dataset.mood = mood;
  say(cell.firstElementChild, words);
  say(cell.lastElementChild, why);
}

/** A cell with a text and a quiet one below it. */
export function fillTwo(cell, text, below) {
  if (!cell.firstElementChild) cell.append(el('span'), el('small', { class: 'quiet' }));
  say(cell.firstElementChild, text);
  say(cell.lastElementChild, below);
}
