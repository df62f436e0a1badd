import { el, one, onSubmit } from '../lib/dom.js';
import { getJson, postJson } from '../lib/http.js';
import { micros } from '../lib/text.js';

/** Example arguments for each function, in JSON and as Erlang text. */
const examples = {
  'guestbook:page': ['[0, 3]', '[0, 3]'],
  'lists:reverse': ['[[1, "two", 3.5]]', '[[1, <<"two">>, {ok, 3.5}]]'],
  'lists:sort': ['[[3, 1, 2]]', '[[{b, 2}, {a, 1}, 3]]'],
  'lists:sum': ['[[1, 2, "three"]]', '[[1, 2, <<"three">>]]'],
  'pier_sample:echo': ['[{"name": "Joe", "tags": ["a", "b"], "none": null}]', '[#{name => <<"Joe">>, point => {1, 2.5}}]'],
  'pier_sample:fail': ['["on purpose"]', '[{error, <<"on purpose">>}]'],
  'pier_sample:sleep': ['[250]', '[250]'],
  'string:uppercase': ['["erlang"]', '[<<"erlang">>]'],
};

export async function mount(section) {
  const form = one(section, 'form');
  const text = one(form, 'textarea');
  const chosen = one(form, 'select');
  const result = one(section, '.result');

  const { functions } = await getJson('console');
  chosen.replaceChildren(...functions.map((name) => el('option', {}, name)));
  chosen.value = 'pier_sample:echo';

  const showExample = () => {
    const [json, erlang] = examples[chosen.value] ?? ['[]', '[]'];
    text.value = form.elements.notation.value === 'erlang' ? erlang : json;
  };
  chosen.addEventListener('change', showExample);
  form.addEventListener('change', (event) => event.target.name === 'notation' && showExample());
  showExample();

  onSubmit(form, async (data) => {
    result.replaceChildren();
    const answer = await postJson('console', Object.fromEntries(data));
    show(result, answer);
  });
}

function show(result, answer) {
  const part = (title, content, kind = '') =>
    el('div', { class: `part ${kind}` }, el('h3', {}, title), el('pre', { class: 'output', tabindex: '0', 'aria-label': title }, content));
  const took = el('p', { class: 'took quiet' }, `round trip: ${micros(answer.micros)}`);
  if (answer.ok) {
    result.append(part('As an Erlang term', answer.erlang, 'erlang'), part('As JSON', answer.json, 'json'), took);
    return;
  }
  result.append(part(`Reason of the ${answer.kind}`, answer.reason, 'failure'));
  if (answer.stack) result.append(part('Erlang’s stack trace', answer.stack, 'stack'));
  result.append(took);
}
