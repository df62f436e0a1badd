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
      keep(one(row, '.trail'), took);
    }
  });
}

/** The latest calls as bars, the longest of them as high as there is room. */
function keep(trail, took) {
  const all = [...(trail.dataset.took ?? '').split(' ').filter(Boolean).map(Number), took].slice(-24);
  const longest = Math.max(...all);
  trail.dataset.took = all.join(' ');
  trail.replaceChildren(...all.map((t) => {
    const bar = el('i');
    bar.style.blockSize = `${Math.max(8, (100 * t) / longest)}%`;
    return bar;
  }));
}
