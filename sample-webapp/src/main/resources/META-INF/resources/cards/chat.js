import { el, one, onClick, onSubmit, showProblem } from '../lib/dom.js';
import { page } from '../lib/http.js';
import { addLine, addMark } from '../lib/talk.js';
import { sendOrThrow, showUser, textOf } from '../lib/user.js';
import { PierSocket } from '../pier-socket.js';

const rejections = {
  nick_in_use: 'This nick is in use.',
  nick_not_allowed: 'This nick is reserved for the server.',
};

export async function mount(section) {
  const list = one(section, '.talk');
  const join = one(section, 'form.join');
  const say = one(section, 'form.say');
  const to = one(say, 'select');
  const text = one(say, '[name=text]');
  const problem = one(join, '.problem');
  // The user's socket, open for as long as the user is in the chat.
  let socket = null;
  let nick = null;

  const show = (now, node = null) => {
    nick = now;
    for (const field of say.elements) field.disabled = nick === null;
    showUser(join, nick !== null, text);
    one(section, '.own').hidden = nick === null;
    one(section, '.own code').textContent = node ?? '';
    if (nick === null) showPresent([]);
  };

  function showPresent(nicks) {
    one(section, '.present').replaceChildren(...nicks.map((name) =>
      el('li', {}, el('span', { class: name === nick ? 'tag' : 'tag erlang' }, name === nick ? `${name} (you)` : name))));
    one(section, '.who').hidden = nicks.length === 0;
    const chosen = to.value;
    const others = nicks.filter((name) => name !== nick);
    to.replaceChildren(el('option', { value: '' }, 'all users'),
      ...others.map((name) => el('option', { value: name, selected: name === chosen }, name)));
  }

  show(null);
  const { chat } = await page;
  if (chat === null) {
    one(section, '.absent').hidden = false;
    for (const part of [join, list, say]) part.hidden = true;
    return;
  }

  onSubmit(join, (form) => {
    socket?.close();
    socket = new PierSocket(`chat/${encodeURIComponent(textOf(form, 'nick'))}`);
    socket.on('message', received);
    socket.on('state', (now) => changed(now));
  });

  onClick(one(join, '.leave'), problem, () => {
    socket.close();
    show(null);
    addLine(list, null, 'You have left.');
  });

  onSubmit(say, (form) => {
    const said = textOf(form, 'text');
    const receiver = form.get('to');
    sendOrThrow(socket, receiver ? { say: said, to: receiver } : { say: said });
    addLine(list, nick, said, { kind: 'mine', note: receiver && `to ${receiver} only` });
    text.value = '';
  });

  // The casts of the chat's server to a user's handler, as JSON.
  function received([kind, first, second, third]) {
    if (kind === 'joined') {
      show(first, second);
      showPresent(third);
      addLine(list, null, 'You have joined.');
      text.focus();
    } else if (kind === 'message') addLine(list, first === 'server' ? null : first, second);
    else if (kind === 'private_message') addLine(list, first, second, { kind: 'private', note: 'to you only' });
    else if (kind === 'users' && nick !== null) showPresent(first);
  }

  /** The socket joins again by itself, unless the chat has refused the nick. */
  function changed({ state, code, reason }) {
    if (state === 'closed' && code !== undefined) {
      showProblem(problem, { title: reason || String(code), detail: rejections[reason] ?? 'The chat has closed the connection.' });
    }
    if ((state === 'waiting' || state === 'closed') && nick !== null && code !== undefined) {
      show(null);
      addMark(addLine(list, null, 'The chat has ended, or cannot be reached.'), String(code));
    }
  }
}
