// Asks the admin port. Whatever shows more than the status needs the token, which this tab keeps until it is closed.

const key = 'pier-admin-token';
const listeners = new Set();

export class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** Whether the tab has a token. The port has accepted it. */
export const hasToken = () => sessionStorage.getItem(key) !== null;

/** Calls `listener` now and whenever the tab gets or forgets the token. */
export function onToken(listener) {
  listeners.add(listener);
  listener(hasToken());
}

const changed = () => listeners.forEach((listener) => listener(hasToken()));

export function forgetToken() {
  sessionStorage.removeItem(key);
  changed();
}

/** Keeps a token if the port accepts it; throws a Refusal if not. */
export async function useToken(token) {
  await send('settings', { headers: bearer(token) });
  sessionStorage.setItem(key, token);
  changed();
}

// A header has no other characters; the port would refuse such a token anyway.
const bearer = (token) => ({ Authorization: `Bearer ${token.replace(/[^\x21-\x7e]/g, '')}` });

/** The answer of the port to a request that needs no token. */
export const get = (path) => send(path, {});

/** The answer of the port to a request with the token. A token that is no longer accepted is forgotten. */
export async function operate(method, path) {
  try {
    return await send(path, { method, headers: bearer(sessionStorage.getItem(key) ?? '') }, method === 'GET');
  } catch (error) {
    if (error.status === 401 && hasToken()) forgetToken();
    throw error;
  }
}

async function send(path, options, isShort = true) {
  let response;
  try {
    const signal = isShort ? AbortSignal.timeout(10_000) : undefined;
    response = await fetch(path, { credentials: 'omit', cache: 'no-store', signal, ...options });
  } catch {
    throw new Refusal(0, 'The server does not answer.');
  }
  const body = await response.json().catch(() => null);
  // Health checks that fail answer with 503 and their results.
  if (response.ok || (body && !('message' in body))) return body;
  throw new Refusal(response.status, body?.message ?? `The answer has status ${response.status}.`);
}
