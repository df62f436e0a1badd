// The page's own user, for the cards that have one: Messenger and Chat.

import { moveFocus, one } from './dom.js';

/**
 * Switches a form between its two states: without a user, it shows the button that logs on; with a user, its field is
 * read-only and it shows the button that logs off. The focus moves with the buttons.
 *
 * @param next the field that gets the focus when a user has logged on by the button
 */
export function showUser(form, isPresent, next) {
  const field = one(form, 'input');
  const enter = one(form, 'button.first');
  const leave = one(form, 'button:not(.first)');
  field.readOnly = isPresent;
  moveFocus(isPresent ? enter : leave, isPresent ? next : field);
  enter.hidden = isPresent;
  leave.hidden = !isPresent;
}

/** Sends to a socket, or throws what the form shows as its problem. */
export function sendOrThrow(socket, message) {
  if (!socket?.send(message)) {
    throw Object.assign(new Error(), { title: 'Not connected', detail: 'The connection to Erlang is being opened again.' });
  }
}

/** A required text of a form, without surrounding white space. */
export function textOf(form, name) {
  const text = form.get(name).trim();
  if (text === '') throw Object.assign(new Error(), { title: 'Bad request', detail: `${name} is missing` });
  return text;
}
