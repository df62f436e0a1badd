import { addLatest, el, one, onSubmit } from '../lib/dom.js';
import { send } from '../lib/http.js';
import { clock } from '../lib/text.js';

export function mount(section) {
  const form = one(section, 'form');
  const log = one(section, '.log');
  onSubmit(form, async (data) => {
    // As segments of a path: %2F, %25, . and .. would change it.
    const words = data.get('words').split(/[\s/%]+/).filter((word) => !/^\.*$/.test(word)).map(encodeURIComponent);
    const response = await send(`mounted/${words.join('/')}`, {});
    const lines = el('p', {}, el('time', {}, clock()));
    addLatest(log, lines);
    for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
      lines.append(' ', el('b', {}, text.trim()));
    }
  });
}
