// The page's stream of server-sent events (EventsServlet.java). All cards share it, because a browser opens at most six
// connections to a server. A card listens to events that have its name:
//
//     import { on, onConnection } from '../lib/events.js';
//     on('echo', (data) => …);            // Pages.publish(page, "echo", json), Pages.publishToAll("echo", json)
//     onConnection((open) => …);          // whether the stream is open

/** The secret that identifies this page; http.js sends it with requests. */
export const pageId = Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0'))
  .join('');

const listeners = [];
const connectionListeners = new Set();
let open = false;
let source = connect();

function connect() {
  const created = new EventSource(`events?page=${pageId}`);
  created.addEventListener('open', () => setOpen(true));
  created.addEventListener('error', () => setOpen(false));
  listeners.forEach(([name, listener]) => created.addEventListener(name, listener));
  return created;
}

function setOpen(now) {
  if (open === now) return;
  open = now;
  connectionListeners.forEach((listener) => listener(open));
}

/** Calls `listener` with the data of each event with this name. */
export function on(name, listener) {
  const onEvent = (event) => listener(JSON.parse(event.data));
  listeners.push([name, onEvent]);
  source.addEventListener(name, onEvent);
}

/** Calls `listener` with the current state, true for open, and again on each change. */
export function onConnection(listener) {
  connectionListeners.add(listener);
  listener(open);
}

/** Resolves when the stream is open. A request whose answer is an event waits for it, so as not to miss the event. */
export const opened = new Promise((resolve) => onConnection((now) => now && resolve()));

/** Opens a new stream. After a redeployment, the old stream still belongs to the old version of the application. */
export function reconnect() {
  source.close();
  source = connect();
  return new Promise((resolve) => source.addEventListener('open', resolve, { once: true }));
}
