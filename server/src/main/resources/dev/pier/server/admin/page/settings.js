// The settings as they hold, with secrets hidden by the server.

import { el, showProblem } from './dom.js';
import { onToken, operate } from './port.js';
import { table } from './table.js';

export function mount(page) {
  const section = page.section('settings', 'Settings', { lede: 'As the server has read them at its start.' });
  const defaults = el('input', { type: 'checkbox', id: 'defaults' });
  const problem = el('p', { class: 'problem', role: 'alert', hidden: true });
  const list = table('Settings', [
    { title: 'Key', head: true, value: ({ key }) => key },
    { title: 'Value', value: ({ value }) => value },
    { title: 'From', value: ({ origin }) => origin },
  ], { key: ({ key }) => key, empty: 'All settings have their defaults.' });
  list.element.classList.add('mono');
  const content = el('div', { class: 'content' }, el('label', { class: 'check' }, defaults, 'Defaults as well'), problem,
    list.element);
  const locked = el('p', { class: 'quiet locked' }, 'Settings tell how the server is protected, so they need the token.');
  section.append(locked, content);
  let settings = [];

  const show = () => list.show(settings.filter(({ origin }) => defaults.checked || origin !== 'default'));
  defaults.addEventListener('change', show);

  onToken(async (present) => {
    locked.hidden = present;
    content.hidden = !present;
    settings = [];
    try {
      if (present) ({ settings } = await operate('GET', 'settings'));
      showProblem(problem, null);
    } catch (error) {
      showProblem(problem, error);
    }
    show();
  });
}
