// Requests to the sample's servlets. An error becomes a Failure, whose title and detail are shown to the user.

class Failure extends Error {
  constructor(status, title, detail, reference) {
    super(`${title}: ${detail}`);
    Object.assign(this, { status, title, detail, reference });
  }
}

/** The data that the page needs at its start: { token, node, backend, chat, plug }. Requested once. */
export const page = getJson('page');
page.catch(() => {}); // Each user of the promise handles the error.

export async function getJson(path) {
  return (await send(path, {})).json();
}

/** Posts a JSON object, with the token that permits changes (CsrfGuard.java). */
export async function postJson(path, body) {
  const { token } = await page;
  const headers = { 'Content-Type': 'application/json', 'X-Pier-Token': token };
  const response = await send(path, { method: 'POST', headers, body: JSON.stringify(body) });
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
