import { addLatest, el, one, onSubmit } from '../lib/dom.js';
import { postJson } from '../lib/http.js';
import { clock, micros } from '../lib/text.js';

export function mount(section) {
  const form = one(section, 'form');
  const log = one(section, '.log');
  onSubmit(form, async (data) => {
    const { text, count, to, micros: took } = await postJson('echo', { text: data.get('text') });
    form.reset();
    addLatest(log, el('p', {}, el('time', {}, clock()),
    el('span', { class: 'tag erlang' }, `no. ${count}`), ' ', el('b', {}, text), ' ',
    el('span', { class: 'quiet' }, `to ${to} in ${micros(took)}`)));
  });
}
