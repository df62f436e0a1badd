// The list of messages in the cards Messenger and Chat.

import { addLatest, el } from './dom.js';
import { clock } from './text.js';

/**
 * Adds a line and returns it: addLine(list, 'alice', 'hello', { kind: 'private', note: 'to you only' }).
 * A line without a name is a notice of the page or the server.
 */
export function addLine(list, name, text, { kind = name ? 'theirs' : 'system', note = null } = {}) {
  const parts = [
    el('time', {}, clock()),
    name && el('b', {}, name),
    note && el('span', { class: 'note' }, note),
    el('span', { class: 'said' }, text),
  ];
  // Spaces between the parts, for screen readers and for copied text.
  const line = el('p', { class: kind }, ...parts.filter(Boolean).flatMap((part) => [part, ' ']));
  addLatest(list, line);
  return line;
}

/** Adds a word to the end of a line: the atom that Erlang has sent. */
export function addMark(line, word) {
  line.append(el('code', { class: 'mark' }, word));
}
