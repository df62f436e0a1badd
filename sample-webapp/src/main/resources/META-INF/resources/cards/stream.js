import { moveFocus, one, onSubmit } from '../lib/dom.js';
import { send } from '../lib/http.js';
import { plotIn } from '../lib/plot.js';
import { bytes, count, micros } from '../lib/text.js';

const POLL_INTERVAL = 250; // ms between two updates of the figures
const SLOW_CHUNK = 16384; // bytes that the slow reader takes at a time, ten times per second

/** The name under which Erlang records the progress of this page's streams. */
const headers = {
  'X-Pier-Reader': Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join(''),
};

export function mount(section) {
  const form = one(section, 'form');
  const stop = one(section, 'button.stop');
  const slow = one(section, 'input[name="slow"]');
  const say = (name, text) => (one(section, `[data-figure="${name}"]`).textContent = text);
  const bars = { erlang: one(section, '.bar.erlang i'), browser: one(section, '.bar.browser i') };
  const state = one(section, '.state');
  const plot = plotIn(one(section, '[data-plot="rows"]'), { series: [''], format: (n) => `${count(n)} rows/s`, points: 80 });
  let stopping = null;

  stop.addEventListener('click', () => stopping?.abort());

  onSubmit(form, async (data) => {
    const wanted = Number(data.get('rows'));
    const seen = { rows: 0, bytes: 0, made: 0, process: 'running' };
    stopping = new AbortController();
    stop.disabled = false;
    plot.clear();
    state.textContent = 'Streaming';
    const polling = poll(seen, wanted);
    const start = performance.now();
    try {
      const response = await send(`stream?n=${wanted}`, { signal: stopping.signal, headers });
      await read(response.body.getReader(), seen);
      state.textContent = `All rows received: ${summary(seen, start)}`;
    } catch (error) {
      if (error.name !== 'AbortError') {
        state.textContent = 'Aborted';
        throw error.title ? error : new Error('The stream ended before its last row.');
      }
      state.textContent = `Stopped: ${summary(seen, start)}`;
    } finally {
      moveFocus(stop, one(form, 'button.first'));
      stop.disabled = true;
      await polling.end();
    }
  });

  /** Counts lines, at full speed or slowly. */
  async function read(reader, seen) {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      for (let from = 0; from < value.length; ) {
        const piece = value.subarray(from, slow.checked ? from + SLOW_CHUNK : value.length);
        seen.bytes += piece.length;
        for (const byte of piece) if (byte === 10) seen.rows++;
        from += piece.length;
        if (slow.checked) await pause(100);
        stopping.signal.throwIfAborted();
      }
    }
  }

  /** Shows the figures of both ends until the stream has ended at both. */
  function poll(seen, wanted) {
    let before = { at: performance.now(), rows: 0, bytes: 0 };
    let ending = false;
    const update = async () => {
      try {
        Object.assign(seen, await (await send('stream/progress', { headers })).json());
      } catch {
        seen.process = 'ended'; // The node is not reachable, so the stream has ended.
      }
      const at = performance.now();
      const seconds = (at - before.at) / 1000;
      const rate = (seen.rows - before.rows) / seconds;
      plot.add([rate]);
      say('rate', count(rate));
      say('bytes', `${bytes((seen.bytes - before.bytes) / seconds)}/s`);
      say('received', count(seen.rows));
      say('made', count(seen.made));
      say('ahead', count(Math.max(0, seen.made - seen.rows)));
      say('process', seen.process);
      bars.erlang.style.inlineSize = `${(100 * seen.made) / wanted}%`;
      bars.browser.style.inlineSize = `${(100 * seen.rows) / wanted}%`;
      before = { at, rows: seen.rows, bytes: seen.bytes };
    };
    const loop = (async () => {
      while (!ending || seen.process !== 'ended') {
        await pause(POLL_INTERVAL);
        await update();
      }
    })();
    return {
      end() {
        ending = true;
        return loop;
      },
    };
  }
}

/** 1,000,000 rows in 2.31 s, 432,900 rows/s, 22.1 MiB/s */
function summary({ rows, bytes: size }, start) {
  const ms = performance.now() - start;
  const per = (n) => (1000 * n) / ms;
  return `${count(rows)} rows in ${micros(1000 * ms)}, ${count(per(rows))} rows/s, ${bytes(per(size))}/s`;
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
