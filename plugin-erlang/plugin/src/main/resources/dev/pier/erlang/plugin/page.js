// The Erlang part of the admin port's page: the peers, the mounts, what Erlang calls here, and the processes.

import { el, say } from '../dom.js';
import { fillState, fillTwo, table } from '../table.js';
import { ago, bytes, count, millis, rate } from '../text.js';

const states = {
  IDLE: ['not used yet', 'quiet'], CONNECTING: ['connecting', 'warn'], CONNECTED: ['connected', 'good'],
  DRAINING: ['draining', 'warn'], WAITING: ['reconnecting', 'bad'], REFUSED: ['refused', 'bad'], CLOSED: ['closed', 'quiet'],
};
const mountMoods = { serving: 'good', failed: 'bad', waiting: 'warn' };

export function mount(page) {
  const parts = [mountPeers(page), mountMounts(page), mountServed(page), mountProcesses(page)];
  page.onStatus((status, rates) => parts.forEach((show) => show(status.plugins.erlang, rates)));
}

function mountPeers(page) {
  const section = page.section('peers', 'Peers');
  const node = el('p', { class: 'lede' });
  const warning = el('p', { class: 'problem', hidden: true });
  let current = null;
  const peers = table('Peers and their nodes', [
    { title: 'Peer', head: true, fill: (cell, { peer, node }) => fillTwo(cell, peer, node) },
    {
      title: 'State',
      fill: (cell, { state, lastProblem }) => fillState(cell, ...(states[state] ?? [state, 'quiet']), state === 'CONNECTED' ? '' : lastProblem),
    },
    { title: 'Since', number: true, value: ({ since }) => (since ? ago(since) : '–') },
    {
      title: 'Calls',
      number: true,
      fill: (cell, { peer, latency }) => latency && fillTwo(cell, rate(current.per(`calls ${peer}`, latency.ended)), count(latency.ended)),
    },
    {
      title: 'Failed',
      number: true,
      fill: (cell, { peer, latency }) => latency && fillTwo(cell, rate(current.per(`failed ${peer}`, latency.failed)), count(latency.failed)),
    },
    { title: 'Median', number: true, value: ({ latency }) => percentile(latency, 'p50Millis') },
    {
      title: 'p90, p99',
      number: true,
      fill: (cell, { latency }) => fillTwo(cell, percentile(latency, 'p90Millis'), percentile(latency, 'p99Millis')),
    },
    { title: 'Running', number: true, value: ({ calls }) => (calls === undefined ? '' : count(calls)) },
    { title: 'Queue', number: true, value: ({ queue }) => (queue === undefined ? '' : count(queue)) },
    { title: 'In', number: true, fill: (cell, row) => fillBytes(cell, row, 'bytesIn') },
    { title: 'Out', number: true, fill: (cell, row) => fillBytes(cell, row, 'bytesOut') },
    { title: 'TLS', number: true, value: ({ tls }) => tls?.peerExpires?.slice(0, 10) ?? (tls ? 'yes' : 'no') },
  ], { key: ({ key }) => key, empty: 'No peers. Name them in erlang.peers of server.conf.' });
  section.append(node, warning, peers.element);

  function fillBytes(cell, row, name) {
    const value = row[name];
    if (value === undefined) return;
    const perSecond = current.per(`${name} ${row.key}`, value);
    fillTwo(cell, perSecond === null ? '–' : `${bytes(perSecond)}/s`, bytes(value));
  }

  return (erlang, rates) => {
    current = rates;
    say(node, describe(erlang));
    const problem = erlang.tls?.warning ?? erlang.tls?.reloadProblem;
    say(warning, problem);
    warning.hidden = !problem;
    peers.show(Object.entries(erlang.peers).flatMap(([peer, its]) => rowsOf(peer, its)));
  };
}

/** A peer of one node is one row; one of several has a row for itself and one for each node. */
function rowsOf(peer, its) {
  const { nodes, ...all } = its;
  if (!nodes) return [{ key: peer, peer, ...all }];
  const own = { key: peer, peer, ...all, node: `${nodes.length} nodes, ${all.balance}` };
  return [own, ...nodes.map((node) => ({ key: `${peer} ${node.node}`, ...node, peer: '', node: node.node }))];
}

const percentile = (latency, name) => (latency ? (latency.ended ? millis(latency[name]) : '–') : '');

function describe({ node, port, registeredAtEpmd, tls, refusedConnections }) {
  const parts = [`This node is ${node}`];
  parts.push(port ? `listens at port ${port}` : 'does not listen');
  if (registeredAtEpmd !== undefined) parts.push(registeredAtEpmd ? 'registered at EPMD' : 'not registered at EPMD');
  if (tls?.expires) parts.push(`its certificate is valid until ${tls.expires.slice(0, 10)}`);
  if (refusedConnections) parts.push(`${count(refusedConnections.count)} connections refused, the last: ${refusedConnections.last}`);
  return `${parts.join(', ')}.`;
}

function mountMounts(page) {
  const section = page.section('mounts', 'Mounts', { half: true });
  let current = null;
  const mounts = table('Mounts', [
    { title: 'Path', head: true, fill: (cell, { path, hosts }) => fillTwo(cell, path, hosts?.join(', ')) },
    { title: 'Serves', fill: (cell, { serves, peer }) => fillTwo(cell, serves, `on ${peer}`) },
    { title: 'State', fill: (cell, { state, reason }) => fillState(cell, state, mountMoods[state] ?? 'quiet', reason) },
    { title: 'Since', number: true, value: ({ since }) => ago(since) },
    { title: 'Requests', number: true, fill: (cell, { key, requests }) => fillTwo(cell, rate(current.per(`mount ${key}`, requests)), count(requests)) },
    { title: 'Errors', number: true, value: ({ errors }) => count(errors) },
  ], { key: ({ key }) => key, empty: 'No mounts.' });
  section.append(mounts.element);
  return ({ mounts: all = [] }, rates) => {
    current = rates;
    mounts.show(all.map((row) => ({ ...row, key: [row.path, ...(row.hosts ?? [])].join(' ') })));
  };
}

function mountServed(page) {
  const section = page.section('served', 'Served functions', { half: true });
  const running = el('p', { class: 'lede' });
  let current = null;
  const functions = table('Functions that Erlang calls', [
    { title: 'Function', head: true, value: ({ function: name }) => name },
    { title: 'Calls', number: true, value: ({ function: name, ended }) => rate(current.per(`served ${name}`, ended)) },
    { title: 'In all', number: true, value: ({ ended }) => count(ended) },
    { title: 'Failed', number: true, value: ({ failed }) => count(failed) },
  ], { key: ({ function: name }) => name, empty: 'No functions. Applications expose them with ErlangNode.expose.' });
  section.append(running, functions.element);
  return ({ served }, rates) => {
    current = rates;
    say(running, `Functions of the applications that Erlang calls. ${count(served.running)} calls run now.`);
    functions.show(served.functions);
  };
}

function mountProcesses(page) {
  const section = page.section('processes', 'Processes');
  const number = el('p', { class: 'lede' });
  const processes = table('Processes of this node', [
    { title: 'Process', head: true, fill: (cell, { name, pid }) => fillTwo(cell, name || pid, name ? pid : '') },
    { title: 'Kind', value: ({ kind }) => kind },
    { title: 'Messages', number: true, value: ({ messages }) => count(messages) },
    { title: 'Links', number: true, value: ({ links }) => count(links) },
    { title: 'Monitors', number: true, value: ({ monitors }) => count(monitors) },
  ], { key: ({ pid }) => pid, empty: 'No processes.' });
  section.append(number, processes.element);
  return ({ processes: all }) => {
    const rest = all.count - all.rows.length;
    say(number, `${count(all.count)} processes of this node${rest > 0 ? '; shown are those with messages or a name' : ''}.`);
    processes.show(all.rows);
  };
}
