// Requests to the sample's servlets. An error becomes a Failure, whose title and detail are shown to the user.

import { pageId, reconnect } from './events.js';

class Failure extends Error {
  constructor(status, title, detail, reference) {
    super(`${title}: ${detail}`);
    Object.assign(this, { status, title, detail, reference });
  }
}

/** What the page needs at its start: { token, node, backend }. Requested once. */
export const page = getJson('page');
page.catch(() => {}); // Each user of the promise handles the error.

export async function getJson(path) {
  return (await send(path, {})).json();
}

/** Gets a servlet's state for this page. */
export async function getMine(path) {
  return (await send(path, { headers: { 'X-Pier-Page': pageId } })).json();
}

/** Posts a JSON object, with the token that permits changes (CsrfGuard.java) and with the page's id. */
export async function postJson(path, body) {
  const { token } = await page;
  const headers = { 'Content-Type': 'application/json', 'X-Pier-Token': token, 'X-Pier-Page': pageId };
  const options = { method: 'POST', headers, body: JSON.stringify(body) };
  const response = await send(path, options).catch(async (failure) => {
    if (failure.status !== 412) throw failure;
    await reconnect(); // The application does not know this page and has not acted on the request.
    return send(path, options);
  });
  const text = await response.text();
  return text ? JSON.parse(text) : null;
}

/** Like fetch, but throws a Failure for each response that is not a success. */
export async function send(path, options) {
  let response;
  try {
    response = await fetch(path, { credentials: 'same-origin', ...options });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Failure(0, 'No response', 'The server cannot be reached.');
  }
  if (response.ok) return response;
  // {"title","detail"} from the sample, {"detail","reference"} from the server for errors of Erlang calls.
  const problem = await response.json().catch(() => ({}));
  const detail = problem.detail ?? `The response has status ${response.status}.`;
  throw new Failure(response.status, problem.title ?? titles[response.status] ?? 'Failed', detail, problem.reference);
}

const titles = { 502: 'Failed in Erlang', 503: 'Unavailable', 504: 'Timed out' };
