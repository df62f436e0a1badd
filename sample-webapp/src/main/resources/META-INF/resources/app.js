// Starts the page: cards/ID.js mounts each section.card that has data-script, and lib/source.js shows the code behind
// each card.

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

/** Shows the two nodes and the state of the connection between them. */
async function header() {
  const state = one(document, '#state');
  const show = (kind, words) => {
    state.dataset.state = kind;
    one(state, '.words').textContent = words;
  };
  onConnection((open) => !open && show('off', 'the server cannot be reached'));
  on('node', (now) => show(now.state === 'CONNECTED' ? 'on' : 'waiting', connection(now.state)));
  const { node, backend } = await page;
  for (const place of document.querySelectorAll('[data-name="node"]')) place.textContent = node;
  for (const place of document.querySelectorAll('[data-name="backend"]')) place.textContent = backend;
}
