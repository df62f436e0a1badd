// The server as a whole, in figures.

import { el, say } from './dom.js';
import { figure } from './plot.js';
import { bytes, count, millis, rate } from './text.js';

export function mount(page) {
  const section = page.section('overview', 'Server');
  const figures = {
    requests: figure('Requests', rate),
    errors: figure('Errors (5xx)', rate),
    time: figure('Mean response time', millis),
    active: figure('Requests in flight', count),
    connections: figure('Connections', count),
    cpu: figure('Processor', (share) => `${Math.round(share * 100)} %`, { top: 1 }),
    heap: figure('Heap', bytes),
    threads: figure('Platform threads', count),
  };
  const certificate = el('p', { class: 'lede', hidden: true });
  const warning = el('p', { class: 'problem', hidden: true });
  section.append(certificate, warning, el('dl', { class: 'figures' }, ...Object.values(figures).map((it) => it.element)));

  page.onStatus(({ requests, process, https }, rates) => {
    const problem = https?.warning ?? https?.reloadProblem;
    say(certificate, https && `The certificate of HTTPS is valid until ${https.expires.slice(0, 10)}.`);
    say(warning, problem);
    certificate.hidden = !https;
    warning.hidden = !problem;
    const ended = rates.grown('requests', requests.ended);
    const seconds = rates.grown('seconds', requests.seconds);
    figures.requests.add(rates.per('ended', requests.ended), `${count(requests.ended)} in all`);
    figures.errors.add(rates.per('errors', requests.errors), `${count(requests.errors)} in all`);
    figures.time.add(ended ? (seconds * 1000) / ended : null);
    figures.active.add(requests.active);
    figures.connections.add(requests.connections);
    const cpu = rates.per('cpu', process.cpuSeconds);
    figures.cpu.add(cpu === null ? null : cpu / process.processors, `of ${process.processors}`);
    figures.heap.add(process.heapUsed, `of ${bytes(process.heapMax)}`);
    figures.threads.add(process.threads);
  });
}
