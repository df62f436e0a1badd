import { addLatest, el, one, onClick, onSubmit } from '../lib/dom.js';
import { page, send } from '../lib/http.js';
import { clock } from '../lib/text.js';

export async function mount(section) {
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
  const plug = one(section, '.plug');
  onClick(one(plug, 'button'), one(plug, '.problem'), async () => {
    const text = await (await send('chat-page', {})).text();
    addLatest(log, el('p', {}, el('time', {}, clock()), ' ', el('b', {}, text.trim())));
  });
  plug.hidden = !(await page).plug;
}
