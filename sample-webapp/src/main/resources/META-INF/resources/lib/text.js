// Formats numbers and times.

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** 1234567 → "1,234,567" */
export const count = (n) => whole.format(n);

/** 12345678 → "11.8 MiB" */
export function bytes(n) {
  let value = n;
  for (const unit of ['B', 'KiB', 'MiB', 'GiB']) {
    if (value < 1024 || unit === 'GiB') return `${unit === 'B' ? whole.format(value) : value.toFixed(1)} ${unit}`;
    value /= 1024;
  }
  return '';
}

/** Microseconds → "840 µs", "1.2 ms", "3.4 s" */
export function micros(n) {
  if (n < 1000) return `${Math.round(n)} µs`;
  if (n < 1e6) return `${(n / 1000).toFixed(n < 1e4 ? 2 : 1)} ms`;
  return `${(n / 1e6).toFixed(2)} s`;
}

/** Milliseconds → "3 d 4 h", "5 min 3 s" */
export function span(ms) {
  const s = Math.floor(ms / 1000);
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  if (s < 86400) return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
  return `${Math.floor(s / 86400)} d ${Math.floor((s % 86400) / 3600)} h`;
}

const states = {
  IDLE: 'not used yet', CONNECTING: 'connecting', CONNECTED: 'connected', DRAINING: 'draining',
  WAITING: 'lost, reconnecting',
  REFUSED: 'refused', CLOSED: 'closed',
};

/** The state of the connection between the two nodes, from the event `node`. */
export const connection = (state) => states[state] ?? state;

/** The time of day with seconds. */
export const clock = (date = new Date()) => date.toTimeString().slice(0, 8);
