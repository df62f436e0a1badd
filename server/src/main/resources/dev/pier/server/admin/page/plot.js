// Figures with a small line of their latest values.

import { el, say } from './dom.js';

const SVG = 'http://www.w3.org/2000/svg';
const WIDTH = 160;
const HEIGHT = 36;
const POINTS = 60;

function svg(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

/** A figure with a title. `add(value, more)` adds a value, null if it is unknown, and shows `more` beside it. */
export function figure(title, format, { top } = {}) {
  const values = [];
  const now = el('b', { class: 'now' }, '–');
  const beside = el('small', { class: 'quiet' });
  const line = svg('path', { class: 'line', 'vector-effect': 'non-scaling-stroke' });
  const area = svg('path', { class: 'area' });
  const picture = svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' });
  picture.append(area, line);

  function draw() {
    const max = top ?? Math.max(1e-9, ...values.filter((value) => value !== null));
    const x = (i) => (((i + POINTS - values.length) * WIDTH) / (POINTS - 1)).toFixed(1);
    const y = (value) => (HEIGHT - 1 - (Math.min(value, max) / max) * (HEIGHT - 3)).toFixed(1);
    let strokes = '';
    let areas = '';
    values.forEach((value, i) => {
      if (value === null) return;
      const begins = i === 0 || values[i - 1] === null;
      const ends = i === values.length - 1 || values[i + 1] === null;
      strokes += `${begins ? 'M' : 'L'}${x(i)} ${y(value)}`;
      areas += begins ? `M${x(i)} ${HEIGHT}L${x(i)} ${y(value)}` : `L${x(i)} ${y(value)}`;
      if (ends) areas += `L${x(i)} ${HEIGHT}Z`;
    });
    line.setAttribute('d', strokes);
    area.setAttribute('d', areas);
  }

  return {
    element: el('div', { class: 'figure' }, el('dt', {}, title), el('dd', {}, now, ' ', beside, picture)),
    add(value, more = '') {
      values.push(value ?? null);
      if (values.length > POINTS) values.shift();
      say(now, value == null ? '–' : format(value));
      say(beside, more);
      draw();
    },
  };
}
