// Finds, creates and changes elements of the page. Data is inserted as text, never as HTML.

/** The first element below `root` that matches a selector. Throws if there is no match. */
export function one(root, selector) {
  const found = root.querySelector(selector);
  if (!found) throw new Error(`no ${selector} in #${root.id || root.tagName}`);
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

/** Adds a line to a log, removes the oldest lines beyond `max`, and keeps a log scrolled to its end there. */
export function addLatest(list, item, max = 200) {
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
  list.append(item);
  while (list.children.length > max) list.firstElementChild.remove();
  if (atEnd) list.scrollTop = list.scrollHeight;
}

/** Shows an error in an element, usually a Failure from http.js; `null` hides the element. */
export function showProblem(place, error) {
  place.replaceChildren();
  place.hidden = !error;
  if (!error) return;
  place.append(el('strong', {}, error.title ?? 'Failed'), ' ', error.detail ?? error.message);
  if (error.reference) {
    place.append(' ', el('span', { class: 'quiet' }, 'In the server’s log: ', el('code', {}, error.reference)));
  }
}

/** Runs an action when a button is pressed. Errors are shown in `problem`. */
export function onClick(button, problem, action) {
  button.addEventListener('click', async () => {
    showProblem(problem, null);
    try {
      await action();
    } catch (error) {
      showProblem(problem, error);
    }
  });
}

/** Moves the focus away from an element that is about to be hidden, where keyboard users would lose their place. */
export function moveFocus(from, to) {
  if (document.activeElement === from) to.focus();
}

/** Runs an action when a form is submitted, one at a time. Errors are shown in the form's `.problem`. */
export function onSubmit(form, action) {
  const problem = one(form, '.problem');
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (form.getAttribute('aria-busy') === 'true') return;
    form.setAttribute('aria-busy', 'true');
    showProblem(problem, null);
    try {
      await action(new FormData(form));
    } catch (error) {
      showProblem(problem, error);
    } finally {
      form.removeAttribute('aria-busy');
    }
  });
}
