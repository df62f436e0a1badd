// Small helpers for the page's elements. Data goes in as text, never as HTML.

/** The one element below `root` that a selector names; an error if it is not there. */
export function one(root, selector) {
  const found = root.querySelector(selector);
  if (!found) throw new Error(`no ${selector} in #${root.id || root.tagName}`);
  return found;
}

/** Makes an element: el('p', { class: 'quiet', hidden: true }, 'text', el('b', {}, 'more')). */
export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(key, '');
    else if (value !== false && value != null) element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child != null));
  return element;
}

/** Puts lines at the end of a list that follows what happens, and keeps only the latest. */
export function addLatest(list, item, most = 200) {
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
  list.append(item);
  while (list.children.length > most) list.firstElementChild.remove();
  if (atEnd) list.scrollTop = list.scrollHeight;
}

/** Says in an element what went wrong, mostly a Failure from http.js; `null` takes it away again. */
export function showProblem(place, error) {
  place.replaceChildren();
  place.hidden = !error;
  if (!error) return;
  place.append(el('strong', {}, error.title ?? 'Failed'), ' ', error.detail ?? error.message);
  if (error.reference) {
    place.append(' ', el('span', { class: 'quiet' }, 'In the server’s log: ', el('code', {}, error.reference)));
  }
}

/** Runs an action whenever a button is pressed; what goes wrong is said in `problem`. */
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

/** Gives the focus on, if it is at a button that is about to go: whoever works with keys would be at the page's top. */
export function moveFocus(from, to) {
  if (document.activeElement === from) to.focus();
}

/** Runs an action for a form: its button rests meanwhile, and what goes wrong is said in the form's `.problem`. */
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
