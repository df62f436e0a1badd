// Finds, creates and changes elements of the page. Data becomes text, never HTML.

/** The first element below `root` that matches a selector. Throws if there is no match. */
export function one(root, selector) {
  const found = root.querySelector(selector);
  if (!found) throw new Error(`no ${selector} in #${root.id || root.nodeName}`);
  return found;
}

/** Creates an element: el('p', { class: 'quiet', hidden: true }, 'text', el('b', {}, 'more')). */
export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(key, '');
    else if (value !== false && value != null) element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child != null));
  return element;
}

/** Changes the text of an element, if it is another one: a selection in it stays. */
export function say(element, text) {
  const next = String(text ?? '');
  if (element.textContent !== next) element.textContent = next;
}

/** Shows an error; `null` hides the element. */
export function showProblem(place, error) {
  say(place, error ? error.message : '');
  place.hidden = !error;
}
