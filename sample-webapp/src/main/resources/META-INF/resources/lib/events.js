// The page's stream of server-sent events (EventsServlet.java). All cards share it, because a browser opens at most six
// connections to a server. A card listens to events that have its name:
//
//     import { on, onConnection } from '../lib/events.js';
//     on('callme', (data) => …);          // Audience.publish("callme", data)
//     onConnection((open) => …);          // whether the stream is open
//
// pier-socket.js comes from Pier, which serves it in every application.

import { PierEvents } from '../pier-socket.js';

const events = new PierEvents('events');

/** Calls `listener` with the data of each event with this name. */
export const on = (name, listener) => events.on(name, listener);

/** Calls `listener` with the current state, true for open, and again on each change. */
export function onConnection(listener) {
  listener(events.state === 'open');
  events.on('state', ({ state }) => listener(state === 'open'));
}

/** Resolves when the stream is open. A request that also shows as an event waits for it, so as not to miss the event. */
export const opened = new Promise((resolve) => onConnection((now) => now && resolve()));
