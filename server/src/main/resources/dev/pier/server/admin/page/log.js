// The latest lines of the server's log.

import { el, showProblem } from './dom.js';
import { hasToken, onToken, operate } from './port.js';

const MAX_LINES = 500;

export function mount(page) {
  const section = page.section('log', 'Log');
  const warnings = el('input', { type: 'checkbox', id: 'warnings' });
  const problem = el('p', { class: 'problem', role: 'alert', hidden: true });
  const lines = el('div', { class: 'log', tabindex: '0', role: 'region', 'aria-label': 'Lines of the log' });
  const content = el('div', { class: 'content' },
    el('label', { class: 'check' }, warnings, 'Warnings and errors only'), problem, lines);
  const locked = el('p', { class: 'quiet locked' }, 'The log has names and failures, so it needs the token.');
  section.append(locked, content);
  let last = 0;

  warnings.addEventListener('change', () => lines.classList.toggle('warnings', warnings.checked));

  function add(all) {
    const atEnd = lines.scrollHeight - lines.scrollTop - lines.clientHeight < 40;
    lines.append(...all.map(({ level, text }) => el('p', { 'data-level': level }, text)));
    while (lines.children.length > MAX_LINES) lines.firstElementChild.remove();
    if (atEnd) lines.scrollTop = lines.scrollHeight;
  }

  async function refresh() {
    if (!hasToken()) return;
    try {
      const answer = await operate('GET', `logs/${last}`);
      if (answer.last < last) lines.replaceChildren(); // The server was started anew; the next answer has its lines.
      last = answer.last < last ? 0 : answer.last;
      add(answer.lines);
      showProblem(problem, null);
    } catch (error) {
      if (error.status !== 0) showProblem(problem, error);
    }
  }

  // One answer at a time, so that no line comes twice.
  let pending = Promise.resolve();
  const next = () => (pending = pending.then(refresh));

  onToken((present) => {
    locked.hidden = present;
    content.hidden = !present;
    if (!present) {
      lines.replaceChildren();
      last = 0;
    }
    next();
  });
  page.onTick(next);
}
