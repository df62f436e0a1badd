import { addLatest, el, one, onClick } from '../lib/dom.js';
import { on, opened } from '../lib/events.js';
import { postJson } from '../lib/http.js';
import { clock } from '../lib/text.js';

const kinds = { call: 'call', message: 'message', counter: 'gen_server' };

export function mount(section) {
  const problem = one(section, '.problem');
  const log = one(section, '.log');
  for (const button of section.querySelectorAll('button[value]')) {
    onClick(button, problem, async () => {
      await opened;
      const { answer } = await postJson('callme', { line: button.value });
      one(button.closest('li'), '.answer').textContent = answer;
    });
  }
  on('callme', ({ kind, from, text }) => addLatest(log, el('p', {}, el('time', {}, clock()),
    el('span', { class: 'tag' }, kinds[kind]), ' ', el('b', {}, text), ' ',
    from && el('span', { class: 'quiet' }, `from ${from}`))));
}
