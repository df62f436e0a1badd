// The data sources on the admin port's page.

import { fillState, fillTwo, table } from '../table.js';
import { ago, count } from '../text.js';

const states = { CONNECTING: ['connecting', 'warn'], UP: ['connected', 'good'], DOWN: ['no answer', 'bad'] };

export function mount(page) {
  const section = page.section('datasources', 'Data sources');
  const sources = table('Data sources', [
    { title: 'Name', head: true, fill: (cell, { name, url }) => fillTwo(cell, `jdbc/${name}`, url) },
    { title: 'State', fill: (cell, { state, lastProblem }) => fillState(cell, ...(states[state] ?? [state, 'quiet']), lastProblem) },
    { title: 'Since', number: true, value: ({ since }) => ago(since) },
    { title: 'In use', number: true, value: ({ active }) => count(active) },
    { title: 'Unused', number: true, value: ({ idle }) => count(idle) },
    { title: 'Limit', number: true, value: ({ size }) => count(size) },
    { title: 'Waiting', number: true, value: ({ waiting }) => count(waiting) },
  ], { key: ({ name }) => name, empty: 'No data sources.' });
  section.append(sources.element);
  page.onStatus(({ plugins }) => sources.show(Object.entries(plugins.datasources).map(([name, its]) => ({ name, ...its }))));
}
