// The part "Source" of a card: the code behind it, from the running jar. A card lists its files in data-source, as
// paths relative to the root of the source tree; the build copies them to source/.

import { el, one, showProblem } from './dom.js';
import { send } from './http.js';

export function mountSource(section) {
  const details = section.querySelector('details.source');
  if (!details) return;
  const paths = details.dataset.source.trim().split(/\s+/);
  const summary = one(details, 'summary');
  summary.append(el('span', { class: 'files' }, ...paths.map((path) =>
    el('code', { class: language(path) }, path.slice(path.lastIndexOf('/') + 1)))));
  details.addEventListener('toggle', () => details.open && show(details, paths), { once: true });
}

const language = (path) => path.slice(path.lastIndexOf('.') + 1);

async function show(details, paths) {
  for (const path of paths) {
    const lines = el('code');
    const head = el('figcaption', {}, el('a', { href: `source/${path}` }, path));
    const name = path.slice(path.lastIndexOf('/') + 1);
    const code = el('pre', { tabindex: '0', 'aria-label': `The code of ${name}` }, lines);
    details.append(el('figure', { class: `code ${language(path)}` }, head, code));
    try {
      const text = await (await send(`source/${path}`, {})).text();
      lines.append(...numbered(text, language(path)));
    } catch (error) {
      code.remove();
      const problem = el('p', { class: 'problem' });
      head.after(problem);
      showProblem(problem, error);
    }
  }
}

/** All lines with their numbers; in Java without the package and the imports. */
function* numbered(text, kind) {
  const all = text.replace(/\n$/, '').split('\n');
  const first = kind === 'java' ? all.findLastIndex((line) => /^(import|package) /.test(line)) + 1 : 0;
  let from = first;
  while (all[from] === '') from++;
  for (let i = from; i < all.length; i++) {
    yield el('span', { class: 'line' }, el('span', { class: 'number', 'aria-hidden': 'true' }, String(i + 1)),
      ...coloured(all[i], kind));
  }
}

/** Matches the coloured parts of a line: strings, comments, notes (annotations, attributes) and keywords. */
const colours = (comment, note, words) =>
  new RegExp(String.raw`("(?:[^"\\]|\\.)*")|(${comment}.*)|(${note})|\b(?:${words.replaceAll(' ', '|')})\b`, 'g');

const languages = {
  java: colours('//', String.raw`@\w+`,
    'abstract boolean break case catch class default do else extends false final finally for if implements import '
    + 'instanceof int interface long new null package private protected public record return static switch this throw '
    + 'throws true try var void while yield'),
  erl: colours('%', String.raw`^-\w+`, 'after begin case catch end fun if of receive try when'),
  ex: colours('#', String.raw`@\w+`, 'case cond def defmodule defp do else end false fn if nil true use when with'),
};

function coloured(line, kind) {
  const parts = [];
  let at = 0;
  for (const match of line.matchAll(languages[kind])) {
    const [all, string, comment, note] = match;
    const style = string ? 'string' : comment ? 'comment' : note ? 'note' : 'word';
    parts.push(line.slice(at, match.index), el('span', { class: style }, all));
    at = match.index + all.length;
  }
  return [...parts, line.slice(at), '\n'];
}
