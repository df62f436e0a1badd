// The page of the admin port. It asks for the status every two seconds while it can be seen, and passes each answer to
// the sections. Those that need the token ask for their part themselves, at the same times.

import { mount as mountApplications } from './applications.js';
import { el, one, say, showProblem } from './dom.js';
import { mount as mountFailures } from './failures.js';
import { mount as mountLog } from './log.js';
import { mount as mountOverview } from './overview.js';
import { forgetToken, get, onToken, useToken } from './port.js';
import { mount as mountSettings } from './settings.js';
import { clock, span } from './text.js';
import { mountTheme } from './theme.js';

const INTERVAL = 2000;

const statusListeners = [];
const tickListeners = [];

/** The functions that sections, and the modules of plugins, build on. */
const page = {
  /** Adds a section with its entry in the navigation; returns its element. Two that are half as wide share a row. */
  section(id, title, { lede, half } = {}) {
    const heading = el('h2', { id: `${id}-title` }, title);
    const section = el('section', { class: half ? 'card half' : 'card', id, 'aria-labelledby': `${id}-title` }, heading,
      lede && el('p', { class: 'lede' }, lede));
    one(document, '#sections').append(section);
    one(document, 'nav ul').append(el('li', {}, el('a', { href: `#${id}` }, title)));
    return section;
  },
  /** Calls `listener(status, rates)` with each answer of `/status`. */
  onStatus: (listener) => statusListeners.push(listener),
  /** Calls an async `listener()` after each answer. */
  onTick: (listener) => tickListeners.push(listener),
};

/** How much counters have grown between the last two answers. */
class Rates {
  #before = new Map();
  #now = new Map();
  #seconds = 0;
  #at = 0;
  #process = null;

  /** A new answer, from a process that has counted since its start. */
  next(process) {
    const at = performance.now();
    const isSame = process === this.#process;
    this.#seconds = isSame ? (at - this.#at) / 1000 : 0;
    this.#before = isSame ? this.#now : new Map();
    this.#now = new Map();
    this.#at = at;
    this.#process = process;
  }

  /** The growth of a counter; null if it is not known yet. */
  grown(key, value) {
    this.#now.set(key, value);
    const before = this.#before.get(key);
    // A counter that has become smaller has begun anew.
    return before === undefined ? null : value >= before ? value - before : value;
  }

  /** The growth of a counter per second; null if it is not known yet. */
  per(key, value) {
    const grown = this.grown(key, value);
    return grown === null || this.#seconds === 0 ? null : grown / this.#seconds;
  }
}

const rates = new Rates();
const state = one(document, '#state');

function showState(mood, words, why = '') {
  state.dataset.state = mood;
  say(one(state, '.words'), words);
  say(one(state, '.why'), why);
}

function showHealth({ status, checks }) {
  const down = checks.filter((check) => check.status !== 'UP').map((check) => check.name);
  showState(status === 'UP' ? 'on' : 'off', status === 'UP' ? 'ready' : 'not ready', down.join(', '));
}

let lastAnswer = null;

async function tick() {
  try {
    const [status, health] = await Promise.all([get('status'), get('health')]);
    rates.next(status.started);
    lastAnswer = new Date();
    document.body.classList.remove('stale');
    showHealth(health);
    say(one(document, '#server'), `${status.version} on Java ${status.java}, up for ${span(status.uptimeSeconds)}`);
    for (const listener of statusListeners) listener(status, rates);
  } catch (error) {
    document.body.classList.add('stale');
    showState('off', 'no answer', lastAnswer ? `since ${clock(lastAnswer)}; trying again` : error.message);
    return;
  }
  await Promise.all(tickListeners.map((listener) => listener()));
}

/** Ticks until the page is hidden; goes on when it is seen again. */
let running = false;
async function run() {
  if (running) return;
  running = true;
  while (!document.hidden) {
    await tick();
    await new Promise((resolve) => setTimeout(resolve, INTERVAL));
  }
  running = false;
}

function mountAccess() {
  const form = one(document, '#access');
  const granted = one(document, '#granted');
  const field = one(form, 'input');
  const problem = one(form, '.problem');
  onToken((present) => {
    // The focus would be lost with the element that has it.
    const [hides, shows] = present ? [form, granted] : [granted, form];
    const hadFocus = hides.contains(document.activeElement);
    form.hidden = present;
    granted.hidden = !present;
    if (hadFocus) one(shows, present ? 'button' : 'input').focus();
  });
  one(granted, 'button').addEventListener('click', forgetToken);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    showProblem(problem, null);
    try {
      await useToken(field.value);
      field.value = '';
    } catch (error) {
      showProblem(problem, error);
    }
  });
}

/** The modules that plugins add, each with its sections. */
async function mountPlugins() {
  for (const script of await get('page/plugins.json')) {
    try {
      const plugin = await import(`./plugins/${script}`);
      plugin.mount(page);
    } catch (error) {
      const section = page.section(script, script);
      section.append(el('p', { class: 'problem' }, `The plugin’s part of the page cannot be shown: ${error.message}`));
    }
  }
}

mountTheme(one(document, '#theme'));
mountAccess();
mountOverview(page);
mountApplications(page);
await mountPlugins().catch(() => {}); // The state tells that the server does not answer.
mountFailures(page);
mountLog(page);
mountSettings(page);
document.addEventListener('visibilitychange', run);
document.body.dataset.mounted = '';
run();
