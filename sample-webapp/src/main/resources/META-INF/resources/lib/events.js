// What happens, as it happens: one stream of server-sent events for the whole page (EventsServlet.java), because a
// browser opens no more than six connections to a server. A card listens to the events of its own name:
//
//     import { on, onConnection } from '../lib/events.js';
//     on('echo', (data) => …);                  // Pages.tell(page, "echo", json), Pages.tellAll("echo", json)
//     onConnection((open) => …);                // whether the stream is there right now

/** The secret that this page is known by; http.js sends it with each request. */
export const pageId = Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0'))
  .join('');

const listeners = [];
const connection = new Set();
let open = false;
let source = connect();

function connect() {
  const made = new EventSource(`events?page=${pageId}`);
  made.addEventListener('open', () => tellConnection(true));
  made.addEventListener('error', () => tellConnection(false));
  listeners.forEach(([name, listener]) => made.addEventListener(name, listener));
  return made;
}

function tellConnection(now) {
  if (open === now) return;
  open = now;
  connection.forEach((listener) => listener(open));
}

/** Calls `listener` with the data of each event of that name. */
export function on(name, listener) {
  const heard = (event) => listener(JSON.parse(event.data));
  listeners.push([name, heard]);
  source.addEventListener(name, heard);
}

/** Calls `listener` with true or false: now, and whenever it changes. */
export function onConnection(listener) {
  connection.add(listener);
  listener(open);
}

/** Once the stream is there, so that nothing that follows a request can be missed. */
export const opened = new Promise((resolve) => onConnection((now) => now && resolve()));

/** Begins anew, with a server that does not know this page: a new version, while the stream is still the old one's. */
export function reconnect() {
  source.close();
  source = connect();
  return new Promise((resolve) => source.addEventListener('open', resolve, { once: true }));
}
