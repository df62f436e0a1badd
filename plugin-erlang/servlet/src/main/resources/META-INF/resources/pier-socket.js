// Connections to an Erlang process in Pier that come back by themselves: PierSocket over WebSocket, PierEvents over
// server-sent events.
//
//     import { PierSocket } from './pier-socket.js';
//
//     const room = new PierSocket('room/lobby', { id: (message) => message.id });
//     room.on('message', (message) => show(message));
//     room.on('state', ({ state }) => document.body.dataset.state = state);
//     room.send({ say: 'hello' });
//
// A lost connection is opened again after a pause that doubles with each failure and is partly random, so that the
// browsers of a restarted server do not come back at once. Messages that the server sent meanwhile are only there if the
// server resends it: it gets the id of the last message as the parameter `lastEventId`. Nothing that the page sends is
// kept or repeated.

/** Close codes after which another attempt would end in the same way. The codes from 3000 are the application's. */
const FINAL = new Set([1000, 1002, 1003, 1007, 1008, 1009, 1010]);

const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 15_000;
/** A connection that has lasted so long was not the cause of its end. */
const STABLE = 5_000;

/** Whether a socket that was closed with this code is opened again. */
export function returnsAfter(code) {
  return !FINAL.has(code) && code < 3000;
}

/** The pause before an attempt, in milliseconds: between half of it and all of it at random. */
export function pauseBefore(attempt, random = Math.random) {
  const most = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.min(attempt, 20));
  return Math.round(most / 2 + (most / 2) * random());
}

/** The common part of both kinds. Subclasses have connect(address) and disconnect(). */
class Connection {
  #path;
  #listeners = new Map();
  #attempt = 0;
  #timer = null;
  #stableTimer = null;
  #lastId;
  #state = 'connecting';
  #retry = () => this.#timer !== null && this.#connectNow();

  constructor(path, { lastId = null } = {}) {
    this.#path = path;
    this.#lastId = lastId;
    globalThis.addEventListener?.('online', this.#retry);
    // Not at once, so that the page can add its listeners before anything happens.
    queueMicrotask(() => this.#state === 'connecting' && this.connect(this.address()));
  }

  /** 'connecting', 'open', 'waiting' for the next attempt, or 'closed' for good. */
  get state() {
    return this.#state;
  }

  /** The id of the last message, or null. */
  get lastId() {
    return this.#lastId;
  }

  /**
   * Calls a function with each event of a name:
   *
   * - 'message', or the name of a server-sent event: the message, parsed as JSON;
   * - 'state': { state, code, reason, pause }, at each change of the state.
   *
   * Returns a function that ends it.
   */
  on(name, listener) {
    if (!this.#listeners.has(name)) {
      this.#listeners.set(name, new Set());
      this.listenTo?.(name);
    }
    this.#listeners.get(name).add(listener);
    return () => this.#listeners.get(name).delete(listener);
  }

  /** Ends the connection for good. */
  close() {
    this.ended();
    this.disconnect();
  }

  // For the subclasses.

  address() {
    const address = new URL(this.#path, document.baseURI);
    if (this.#lastId !== null) address.searchParams.set('lastEventId', this.#lastId);
    return address;
  }

  get names() {
    return [...this.#listeners.keys()].filter((name) => name !== 'state');
  }

  opened() {
    this.#stableTimer = setTimeout(() => (this.#attempt = 0), STABLE);
    this.#change({ state: 'open' });
  }

  received(name, message, id) {
    if (id !== undefined && id !== null && id !== '') this.#lastId = String(id);
    for (const listener of this.#listeners.get(name) ?? []) listener(message);
  }

  /** The connection is lost, and will be opened again. */
  lost(details = {}) {
    if (this.#state === 'closed' || this.#timer !== null) return;
    clearTimeout(this.#stableTimer);
    const pause = pauseBefore(this.#attempt++);
    this.#timer = setTimeout(() => this.#connectNow(), pause);
    this.#change({ state: 'waiting', pause, ...details });
  }

  /** The connection is closed, and will not be opened again. */
  ended(details = {}) {
    if (this.#state === 'closed') return;
    clearTimeout(this.#timer);
    clearTimeout(this.#stableTimer);
    globalThis.removeEventListener?.('online', this.#retry);
    this.#change({ state: 'closed', ...details });
  }

  #connectNow() {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#change({ state: 'connecting' });
    this.connect(this.address());
  }

  #change(event) {
    this.#state = event.state;
    for (const listener of this.#listeners.get('state') ?? []) listener(event);
  }
}

/** A WebSocket whose frames are JSON. */
export class PierSocket extends Connection {
  #socket = null;
  #id;
  #protocols;

  /**
   * @param path the address, relative to the page
   * @param options.id gets the id of a message, for `lastEventId`; messages have no ids by default
   * @param options.lastId the id to begin after
   * @param options.protocols the subprotocols to offer
   */
  constructor(path, { id = () => null, lastId = null, protocols = [] } = {}) {
    super(path, { lastId });
    this.#id = id;
    this.#protocols = protocols;
  }

  /** Sends a message. Returns false if the socket is not open: then nothing was sent. */
  send(message) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  connect(address) {
    address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
    const socket = new WebSocket(address, this.#protocols);
    this.#socket = socket;
    socket.onopen = () => this.opened();
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      this.received('message', message, this.#id(message));
    };
    socket.onclose = ({ code, reason }) => {
      if (socket !== this.#socket) return;
      if (returnsAfter(code)) this.lost({ code, reason });
      else this.ended({ code, reason });
    };
  }

  disconnect() {
    this.#socket?.close(1000);
  }
}

/** Server-sent events whose data is JSON. An event without a name is a 'message'. */
export class PierEvents extends Connection {
  #source = null;

  constructor(path, options = {}) {
    super(path, options);
  }

  connect(address) {
    const source = new EventSource(address);
    this.#source = source;
    source.onopen = () => this.opened();
    // The browser would come back by itself, but not after an error status, and all browsers after the same time.
    source.onerror = () => {
      source.close();
      if (source === this.#source) this.lost();
    };
    for (const name of this.names) this.#listen(source, name);
  }

  /** A further name while the stream is open. */
  listenTo(name) {
    if (this.#source && name !== 'state') this.#listen(this.#source, name);
  }

  #listen(source, name) {
    source.addEventListener(name, (event) => {
      // The browser's own event 'error' has no data.
      if (event.data !== undefined) this.received(name, JSON.parse(event.data), event.lastEventId);
    });
  }

  disconnect() {
    this.#source?.close();
  }
}
