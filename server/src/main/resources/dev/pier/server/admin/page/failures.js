// The latest failures of which clients were given a reference only, and the stack trace behind each.

import { el, showProblem } from './dom.js';
import { hasToken, onToken, operate } from './port.js';
import { table } from './table.js';
import { ago, moment } from './text.js';

export function mount(page) {
  const section = page.section('failures', 'Failures', {
    lede: 'A client whose request fails gets a reference. It leads to the reason here.',
  });
  const field = el('input', { id: 'reference', required: true, autocomplete: 'off', spellcheck: 'false', class: 'mono' });
  const problem = el('p', { class: 'problem', role: 'alert', hidden: true });
  const form = el('form', {}, el('p', { class: 'field' }, el('label', { for: 'reference' }, 'Reference'), field),
    el('button', { class: 'first' }, 'Find'), problem);
  const details = el('div', { class: 'details', 'aria-live': 'polite' });
  const list = table('Failures', [
    { title: 'Reference', head: true, fill: fillReference },
    { title: 'Ago', number: true, value: ({ at }) => ago(at) },
    { title: 'Request', keep: true, value: ({ request }) => request ?? '–' },
    { title: 'Message', value: ({ message }) => message },
  ], { key: ({ reference }) => reference, empty: 'No failures since the start.' });
  const content = el('div', { class: 'content' }, form, details, list.element);
  const locked = el('p', { class: 'quiet locked' }, 'Failures have stack traces, so they need the token.');
  section.append(locked, content);

  async function open(reference) {
    showProblem(problem, null);
    try {
      show(await operate('GET', `failures/${encodeURIComponent(reference.trim())}`));
    } catch (error) {
      details.replaceChildren();
      showProblem(problem, error);
    }
  }

  function show({ reference, at, request, message, stackTrace }) {
    const close = el('button', { type: 'button' }, 'Close');
    close.addEventListener('click', () => {
      details.replaceChildren();
      field.focus();
    });
    details.replaceChildren(el('article', { 'aria-labelledby': 'failure-title' },
      el('header', {}, el('h3', { id: 'failure-title' }, 'Failure ', el('code', {}, reference)), close),
      el('p', { class: 'quiet' }, [moment(at), request].filter(Boolean).join(', ')),
      el('pre', { class: 'output', tabindex: '0', 'aria-label': 'Message' }, message),
      stackTrace && el('pre', { class: 'output', tabindex: '0', 'aria-label': 'Stack trace' }, stackTrace)));
  }

  function fillReference(cell, { reference }) {
    if (cell.firstElementChild) return;
    const button = el('button', { type: 'button', class: 'link mono' }, reference);
    button.addEventListener('click', () => open(reference));
    cell.append(button);
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    open(field.value);
  });

  async function refresh() {
    if (!hasToken()) return;
    try {
      list.show((await operate('GET', 'failures')).failures);
      showProblem(problem, null);
    } catch (error) {
      if (error.status !== 0) showProblem(problem, error);
    }
  }

  onToken((present) => {
    locked.hidden = present;
    content.hidden = !present;
    if (!present) {
      list.show([]);
      details.replaceChildren();
    }
    refresh();
  });
  page.onTick(refresh);
}
