import { el, one, onSubmit, showProblem } from '../lib/dom.js';
import { on } from '../lib/events.js';
import { getJson, postJson } from '../lib/http.js';
import { count } from '../lib/text.js';

const time = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });

export function mount(section) {
  const list = one(section, 'ol.entries');
  const total = one(section, '.total');
  const older = one(section, 'button.older');
  const newer = one(section, 'button.newer');
  const newest = one(section, 'button.newest');
  const problem = one(section, '.list .problem');
  const form = one(section, 'form');
  let last = 0;
  // Where the pages before this one begin, the newest first.
  let before = [];
  let shownFrom = 0;
  let stale = true;

  async function show(from) {
    try {
      const page = await getJson(`guestbook?before=${from}`);
      showProblem(problem, null);
      list.replaceChildren(...page.entries.map(entry));
      last = page.entries.at(-1)?.id ?? 0;
      shownFrom = from;
      stale = false;
      total.textContent = page.total === 1 ? '1 entry' : `${count(page.total)} entries`;
      older.disabled = last <= 1;
      newer.disabled = from === 0;
      newest.disabled = from === 0;
    } catch (error) {
      stale = true;
      showProblem(problem, error);
    }
  }

  onSubmit(form, async (data) => {
    await postJson('guestbook', { name: data.get('name'), text: data.get('text') });
    form.elements.text.value = '';
    before = [];
    await show(0);
  });
  older.addEventListener('click', () => {
    before.push(shownFrom);
    return show(last);
  });
  newer.addEventListener('click', () => show(before.pop() ?? 0));
  newest.addEventListener('click', () => {
    before = [];
    return show(0);
  });
  // Entries that could not be read during a disconnect are read once the node is back.
  on('node', ({ figures }) => stale && figures && show(shownFrom));
  return show(0);
}

const entry = ({ id, at, name, text }) =>
  el('li', { value: id }, el('p', { class: 'who' }, el('b', {}, name), ' ',
    el('time', { datetime: new Date(at).toISOString(), class: 'quiet' }, time.format(at))), el('p', {}, text));
