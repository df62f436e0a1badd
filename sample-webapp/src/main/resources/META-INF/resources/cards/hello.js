import { el, one, onSubmit } from '../lib/dom.js';
import { getJson } from '../lib/http.js';
import { micros } from '../lib/text.js';

export function mount(section) {
  const rows = one(section, 'tbody');
  onSubmit(one(section, 'form'), async () => {
    for (const style of Array(6).fill(['connected', 'fast']).flat()) {
      const { answer, micros: took } = await getJson(`hello?style=${style}&as=json`);
      const row = one(rows, `[data-style="${style}"]`);
      one(row, '.answer').textContent = answer;
      one(row, '.took').textContent = micros(took);
      addBar(one(row, '.trail'), took);
    }
  });
}

/** Shows the latest calls as bars. The scale is twice the median, so that one slow call does not flatten the others. */
function addBar(trail, took) {
  const all = [...(trail.dataset.took ?? '').split(' ').filter(Boolean).map(Number), took].slice(-24);
  const scale = 2 * all.toSorted((a, b) => a - b)[all.length >> 1];
  trail.dataset.took = all.join(' ');
  trail.replaceChildren(...all.map((t) => {
    const bar = el('i');
    bar.style.blockSize = `${Math.min(100, Math.max(8, (100 * t) / scale))}%`;
    return bar;
  }));
}
