// Formats numbers and times.

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** 1234567 → "1,234,567" */
export const count = (n) => whole.format(n ?? 0);

/** A rate: 0.25 → "0.3/s", 1234 → "1,234/s"; unknown → "–" */
export const rate = (n) => (n == null ? '–' : `${n > 0 && n < 10 ? n.toFixed(1) : whole.format(n)}/s`);

/** 12345678 → "11.8 MiB" */
export function bytes(n) {
  let value = n ?? 0;
  for (const unit of ['B', 'KiB', 'MiB', 'GiB', 'TiB']) {
    if (value < 1024 || unit === 'TiB') return `${unit === 'B' ? whole.format(value) : value.toFixed(1)} ${unit}`;
    value /= 1024;
  }
  return '';
}

/** Milliseconds → "840 µs", "1.2 ms", "3.4 s"; unknown → "–" */
export function millis(n) {
  if (n == null) return '–';
  if (n < 1) return `${Math.round(n * 1000)} µs`;
  if (n < 1000) return `${n.toFixed(n < 10 ? 1 : 0)} ms`;
  return `${(n / 1000).toFixed(1)} s`;
}

/** Seconds → "3 d 4 h", "5 min 3 s" */
export function span(seconds) {
  const s = Math.max(0, Math.floor(seconds));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  if (s < 86400) return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
  return `${Math.floor(s / 86400)} d ${Math.floor((s % 86400) / 3600)} h`;
}

/** How long ago a moment was, in one unit: "12 s", "5 min", "3 h", "4 d" */
export function ago(moment) {
  const s = Math.max(0, Math.floor((Date.now() - Date.parse(moment)) / 1000));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min`;
  if (s < 86400) return `${Math.floor(s / 3600)} h`;
  return `${Math.floor(s / 86400)} d`;
}

/** A moment in the browser's time zone, to the second: "2026-05-04 11:12:30" */
export function moment(text) {
  const at = new Date(text);
  const two = (n) => String(n).padStart(2, '0');
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('-');
  return `${day} ${[at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':')}`;
}

/** The time of day with seconds. */
export const clock = (date) => date.toTimeString().slice(0, 8);
