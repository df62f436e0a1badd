// A list of what was said, for the cards in which people write to each other.

import { addLatest, el } from './dom.js';
import { clock } from './text.js';

/**
 * Adds a line and returns it: addLine(list, 'alice', 'hello', { kind: 'private', note: 'to you alone' }).
 * Without a name it is the system that speaks.
 */
export function addLine(list, name, text, { kind = name ? 'theirs' : 'system', note = null } = {}) {
  const parts = [
    el('time', {}, clock()),
    name && el('b', {}, name),
    note && el('span', { class: 'note' }, note),
    el('span', { class: 'said' }, text),
  ];
  // With spaces, for those who hear or copy it.
  const line = el('p', { class: kind }, ...parts.filter(Boolean).flatMap((part) => [part, ' ']));
  addLatest(list, line);
  return line;
}

/** Puts the other side's own word at the end of a line: an atom, as Erlang has it. */
export function addMark(line, word) {
  line.append(el('code', { class: 'mark' }, word));
}
