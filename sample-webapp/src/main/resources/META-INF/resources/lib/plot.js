// Small line plots of values over time, as SVG in the page's colours.

import { el, one } from './dom.js';

const SVG = 'http://www.w3.org/2000/svg';
const WIDTH = 320;
const HEIGHT = 72;

const svg = (name, attributes) => {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
};

/**
 * Draws a plot in a <figure data-plot> with a caption: `const plot = plotIn(figure, { series: ['in', 'out'], format:
 * count })`. Each `plot.add([3, 4])` adds one value per series; `plot.add(null)` leaves a gap.
 *
 * @param points how many values the plot shows
 * @param top the top of the scale; by default the largest value shown
 */
export function plotIn(figure, { series, format, points = 60, top }) {
  const values = [];
  const picture = svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img' });
  const lines = series.map((_, i) => svg('path', { class: `series s${i}`, 'vector-effect': 'non-scaling-stroke' }));
  const area = svg('path', { class: 'area' });
  picture.append(svg('path', { class: 'base', d: `M0 ${HEIGHT - 1}H${WIDTH}`, 'vector-effect': 'non-scaling-stroke' }));
  if (series.length === 1) picture.append(area);
  picture.append(...lines);
  const scale = el('span', { class: 'scale' });
  figure.append(el('div', { class: 'plot' }, picture, scale));
  const now = one(figure, '.now');
  const caption = one(figure, 'figcaption').firstChild.textContent.trim();
  // With several lines, each figure has the colour of its line.
  const coloured = (text, i) => (series.length === 1 ? text : el('span', { class: `s${i}` }, text));

  function draw() {
    const max = top ?? Math.max(1e-9, ...values.flatMap((all) => all ?? []));
    const x = (i) => ((i + points - values.length) * WIDTH) / (points - 1);
    const y = (value) => HEIGHT - 2 - (Math.min(value, max) / max) * (HEIGHT - 6);
    lines.forEach((line, s) => {
      let pen = 'M';
      let path = '';
      values.forEach((all, i) => {
        if (all === null) pen = 'M';
        else {
          path += `${pen}${x(i).toFixed(1)} ${y(all[s]).toFixed(1)}`;
          pen = 'L';
        }
      });
      line.setAttribute('d', path);
    });
    if (series.length === 1) area.setAttribute('d', areas(values, x, y));
    scale.textContent = max > 1e-9 ? format(max) : '';
  }

  return {
    add(all) {
      values.push(all);
      if (values.length > points) values.shift();
      draw();
      const texts = all === null ? [] : all.map((v, i) => `${series[i]} ${format(v)}`.trim());
      now.replaceChildren(...(all === null ? ['–'] : texts.flatMap((text, i) => [i ? ', ' : '', coloured(text, i)])));
      picture.setAttribute('aria-label', `${caption}: ${texts.join(', ') || 'no figures'}`);
    },
    clear() {
      values.length = 0;
      draw();
    },
  };
}

/** The area below the line: one closed path for each section without a gap. */
function areas(values, x, y) {
  let path = '';
  let from = -1;
  for (let i = 0; i <= values.length; i++) {
    const hasValue = i < values.length && values[i] !== null;
    if (hasValue && from < 0) from = i;
    if (!hasValue && from >= 0) {
      path += `M${x(from)} ${HEIGHT}`;
      for (let j = from; j < i; j++) path += `L${x(j).toFixed(1)} ${y(values[j][0]).toFixed(1)}`;
      path += `L${x(i - 1)} ${HEIGHT}Z`;
      from = -1;
    }
  }
  return path;
}
