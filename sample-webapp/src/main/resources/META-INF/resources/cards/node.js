import { el, one, onClick } from '../lib/dom.js';
import { on } from '../lib/events.js';
import { postJson } from '../lib/http.js';
import { plotIn } from '../lib/plot.js';
import { bytes, clock, connection, count, micros, span } from '../lib/text.js';

export function mount(section) {
  const say = (name, text) => (one(section, `[data-figure="${name}"]`).textContent = text);
  const plot = (name, options) => plotIn(one(section, `[data-plot="${name}"]`), options);
  const plots = {
    schedulers: plot('schedulers', { series: [''], format: (n) => `${Math.round(n)} %`, top: 100 }),
    memory: plot('memory', { series: [''], format: bytes }),
    processes: plot('processes', { series: [''], format: count }),
    messages: plot('messages', { series: ['in', 'out'], format: (n) => `${n < 10 ? n.toFixed(1) : count(n)}/s` }),
    calls: plot('calls', { series: [''], format: (n) => `${n < 10 ? n.toFixed(1) : count(n)}/s` }),
    latency: plot('latency', { series: ['p50', 'p99'], format: micros }),
  };
  const kill = one(section, 'button.danger');
  let before = null;

  onClick(kill, one(section, '.problem'), () => {
    kill.disabled = true; // Until the restarted node reports that it permits it.
    return postJson('system/kill', {});
  });

  on('node', (now) => {
    const { figures } = now;
    one(section, '.connection').dataset.state = now.state === 'CONNECTED' ? 'on' : 'waiting';
    say('state', connection(now.state));
    say('since', `since ${clock(new Date(now.since))}`);
    say('problem', now.state === 'CONNECTED' ? '' : (now.problem ?? ''));
    showNodes(one(section, '.nodes'), now.nodes);
    kill.disabled = !figures?.mortal;
    one(section, '.immortal').hidden = !figures || figures.mortal;
    say('uptime', figures ? span(figures.uptime_ms) : '–');
    say('pid', figures?.pid ?? '–');
    say('otp', figures?.otp_release ?? '–');
    say('p50', now.median ? micros(now.median) : '–');
    say('p90', now.p90 ? micros(now.p90) : '–');
    say('p99', now.p99 ? micros(now.p99) : '–');
    say('ended', count(now.ended));
    say('failed', count(now.failed));
    const rates = before && ratesBetween(before, now);
    plots.memory.add(figures && [figures.memory.total]);
    plots.processes.add(figures && [figures.processes.count]);
    plots.latency.add(now.median ? [now.median, now.p99] : null);
    plots.calls.add(rates && [rates.calls]);
    plots.schedulers.add(rates?.node ? [rates.busy] : null);
    plots.messages.add(rates?.node ? [rates.input, rates.output] : null);
    before = now;
  });
}

/** The nodes of a peer that has several: each with its state, and what is wrong. */
function showNodes(list, nodes) {
  list.hidden = nodes.length < 2;
  list.replaceChildren(
    ...nodes.map(({ node, state, problem }) =>
      el(
        'li',
        { 'data-state': state === 'CONNECTED' ? 'on' : 'waiting', title: problem ?? '' },
        el('code', {}, node),
        ` ${connection(state)}`,
      ),
    ),
  );
}

/** Rates per second between two events. The node's own rates are left out if it was restarted in between. */
function ratesBetween(before, now) {
  const seconds = Math.max(0.001, (now.at - before.at) / 1000);
  const calls = Math.max(0, now.ended - before.ended) / seconds;
  const [a, b] = [before.figures, now.figures];
  if (!a || !b || a.pid !== b.pid) return { calls, node: false };
  let active = 0;
  let total = 0;
  b.scheduler_times.forEach(([busy, all], i) => {
    active += busy - (a.scheduler_times[i]?.[0] ?? busy);
    total += all - (a.scheduler_times[i]?.[1] ?? all);
  });
  const per = (name) => Math.max(0, b.messages[name] - a.messages[name]) / seconds;
  return { calls, node: true, busy: total ? (100 * active) / total : 0, input: per('input'), output: per('output') };
}
