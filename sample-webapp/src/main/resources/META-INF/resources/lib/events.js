// What happens, as it happens: one stream of server-sent events for the whole page (EventsServlet.java), because a
// browser opens no more than six connections to a server. A card listens to the events of its own name:
//
//     import { on, onConnection } from '../lib/events.js';
//     on('echo', (data) => …);                  // Pages.tell(page, "echo", json), Pages.tellAll("echo", json)
//     onConnection((open) => …);                // whether the stream is there right now

/** The secret that this page is known by; http.js sends it with each request. */
export const pageId = Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0'))
  .join('');

const connection = new Set();
const source = new EventSource(`events?page=${pageId}`);
let open = false;

source.addEventListener('open', () => tellConnection(true));
source.addEventListener('error', () => tellConnection(false));

function tellConnection(now) {
  if (open === now) return;
  open = now;
  connection.forEach((listener) => listener(open));
}

/** Calls `listener` with the data of each event of that name. */
export function on(name, listener) {
  source.addEventListener(name, (event) => listener(JSON.parse(event.data)));
}

/** Calls `listener` with true or false: now, and whenever it changes. */
export function onConnection(listener) {
  connection.add(listener);
  listener(open);
}

/** Once the stream is there, so that nothing that follows a request can be missed. */
export const opened = new Promise((resolve) => onConnection((now) => now && resolve()));
