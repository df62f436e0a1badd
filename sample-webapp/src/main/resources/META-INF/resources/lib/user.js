// The page's own user, for the cards that have one: Messenger and Chat.

import { moveFocus, one } from './dom.js';
import { onConnection } from './events.js';
import { getMine } from './http.js';

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

/**
 * Calls `lost` when the server has dropped this page's user: the connection was away for longer than the server's grace
 * period (EventsServlet.java).
 *
 * @param path the servlet that knows the user
 * @param isPresent whether the page shows a user
 * @param isKnown whether the servlet's answer still has the user
 */
export function onUserLost(path, { isPresent, isKnown, lost }) {
  onConnection(async (open) => {
    if (open && isPresent() && !isKnown(await getMine(path))) lost();
  });
}
