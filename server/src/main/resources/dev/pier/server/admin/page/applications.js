// The deployed applications, each with a button that starts it anew.

import { el, one, say } from './dom.js';
import { hasToken, operate } from './port.js';
import { fillState, fillTwo, table } from './table.js';
import { ago, count, millis, rate } from './text.js';

const moods = { deployed: 'good', failed: 'bad', 'failed, old version serving': 'warn' };

export function mount(page) {
  const section = page.section('applications', 'Applications');
  const outcome = el('p', { role: 'status', class: 'outcome' });
  let current = null;
  let urls = [];

  const redeploy = async (button, file) => {
    if (!hasToken()) {
      say(outcome, 'A redeployment needs the token.');
      one(document, '#token').focus();
      return;
    }
    button.disabled = true;
    say(outcome, `Starting ${file} anew …`);
    try {
      const answer = await operate('POST', `applications/${encodeURIComponent(file)}`);
      say(outcome, answer.message ?? `${file} is ${answer.state}.`);
    } catch (error) {
      say(outcome, error.message);
    } finally {
      button.disabled = false;
      if (document.activeElement === document.body) button.focus();
    }
  };

  const applications = table('Applications', [
    { title: 'Application', head: true, fill: (cell, app) => fillLink(cell, app, urls) },
    { title: 'State', fill: (cell, app) => fillState(cell, app.state, moods[app.state], app.reason) },
    { title: 'Since', number: true, value: (app) => ago(app.since) },
    { title: 'Requests', number: true, fill: (cell, app) => fillTwo(cell, rate(current.per(`app ${app.file}`, app.requests)), count(app.requests)) },
    { title: 'Mean time', number: true, value: meanTime },
    { title: 'Errors', number: true, fill: (cell, app) => fillTwo(cell, rate(current.per(`errors ${app.file}`, app.errors)), count(app.errors)) },
    { title: 'Sessions', number: true, value: (app) => count(app.sessions) },
    { title: 'Sockets', number: true, value: (app) => count(app.sockets) },
    { title: 'Redeploy', unseen: true, fill: fillButton },
  ], { key: (app) => app.file, empty: 'No applications. Put a war or jar into the folder webapps.' });
  section.append(applications.element, outcome);

  function meanTime(app) {
    const ended = current.grown(`ended ${app.file}`, app.requests);
    const seconds = current.grown(`seconds ${app.file}`, app.requestSeconds);
    return ended ? millis((seconds * 1000) / ended) : '–';
  }

  function fillButton(cell, { file }) {
    if (cell.firstElementChild) return;
    const button = el('button', { type: 'button', 'aria-label': `Redeploy ${file}` }, 'Redeploy');
    button.addEventListener('click', () => redeploy(button, file));
    cell.append(button);
  }

  page.onStatus((status, rates) => {
    current = rates;
    urls = status.urls;
    applications.show(status.applications);
  });
}

/** The file, and its path as a link to the server's first address. */
function fillLink(cell, { file, path }, urls) {
  if (cell.firstElementChild) return;
  // The address is one of the server's machine: the page may be open on another one.
  const address = urls[0] && new URL(path, urls[0]);
  if (address) address.hostname = location.hostname;
  cell.append(el('span', {}, file), el('small', {}, address ? el('a', { href: address.href }, path) : path));
}
