// Brings the page to life: each section.card with a data-script gets mounted by cards/ID.js, and the lines of code
// behind it by lib/source.js.

import { one, showProblem } from './lib/dom.js';
import { on, onConnection } from './lib/events.js';
import { page } from './lib/http.js';
import { mountSource } from './lib/source.js';
import { connection } from './lib/text.js';
import { mountTheme } from './lib/theme.js';

mountTheme(one(document, '#theme'));
header();
for (const section of document.querySelectorAll('section.card')) {
  mountSource(section);
  if ('script' in section.dataset) mount(section);
}

async function mount(section) {
  try {
    const card = await import(`./cards/${section.id}.js`);
    await card.mount(section);
    section.dataset.mounted = '';
  } catch (error) {
    showProblem(one(section, '.problem'), error);
  }
}

/** The two nodes and what is between them. */
async function header() {
  const state = one(document, '#state');
  const say = (what, words) => {
    state.dataset.state = what;
    one(state, '.words').textContent = words;
  };
  onConnection((open) => !open && say('off', 'the server is not reached'));
  on('node', (now) => say(now.state === 'CONNECTED' ? 'on' : 'waiting', connection(now.state)));
  const { node, backend } = await page;
  for (const place of document.querySelectorAll('[data-name="node"]')) place.textContent = node;
  for (const place of document.querySelectorAll('[data-name="backend"]')) place.textContent = backend;
}
