// Requests to the sample's servlets. What fails becomes a Failure whose text a person can read.

import { pageId, reconnect } from './events.js';

class Failure extends Error {
  constructor(status, title, detail, reference) {
    super(`${title}: ${detail}`);
    Object.assign(this, { status, title, detail, reference });
  }
}

/** What the page has to know before it begins: { token, node, backend }. Asked for once. */
export const page = getJson('page');
page.catch(() => {}); // Who needs it gets the failure.

export async function getJson(path) {
  return (await send(path, {})).json();
}

/** What a servlet says of this very page. */
export async function getMine(path) {
  return (await send(path, { headers: { 'X-Pier-Page': pageId } })).json();
}

/** Posts a JSON object, with the token that lets this page change something, and with the page's own name. */
export async function postJson(path, body) {
  const { token } = await page;
  const headers = { 'Content-Type': 'application/json', 'X-Pier-Token': token, 'X-Pier-Page': pageId };
  const options = { method: 'POST', headers, body: JSON.stringify(body) };
  const response = await send(path, options).catch(async (failure) => {
    if (failure.status !== 412) throw failure;
    await reconnect(); // The server does not know this page, and so has done nothing yet.
    return send(path, options);
  });
  const text = await response.text();
  return text ? JSON.parse(text) : null;
}

/** As fetch, but an answer that is no success is thrown. */
export async function send(path, options) {
  let response;
  try {
    response = await fetch(path, { credentials: 'same-origin', ...options });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Failure(0, 'No answer', 'The server is not reached.');
  }
  if (response.ok) return response;
  // {"title","detail"} from the sample itself, {"error","reference"} from the server for work that failed in Erlang.
  const said = await response.json().catch(() => ({}));
  const detail = said.detail ?? said.error ?? `The server says ${response.status}.`;
  throw new Failure(response.status, said.title ?? titles[response.status] ?? 'Failed', detail, said.reference);
}

const titles = { 502: 'Failed in Erlang', 503: 'Not now', 504: 'Too late' };
