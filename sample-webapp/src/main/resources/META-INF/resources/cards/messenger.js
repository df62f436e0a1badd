import { one, onClick, onSubmit } from '../lib/dom.js';
import { addLine, addMark } from '../lib/talk.js';
import { sendOrThrow, showUser, textOf } from '../lib/user.js';
import { PierSocket } from '../pier-socket.js';

// The atoms from the messenger's server as sentences.
const sentences = {
  logged_on: 'You are logged on.',
  receiver_not_found: 'No user with this name is logged on.',
  user_exists_at_other_node: 'A user with this name is already logged on.',
  you_are_not_logged_on: 'Log on first.',
};

export function mount(section) {
  const list = one(section, '.talk');
  const logon = one(section, 'form.logon');
  const write = one(section, 'form.write');
  const socket = new PierSocket('messenger');
  const opened = new Promise((resolve) => socket.on('state', ({ state }) => state === 'open' && resolve()));
  let name = null;
  // The user who logs on again when the socket is back.
  let returning = null;
  // Requests without an answer from the messenger's server: { logon } or { line }. Answers come in the requests' order.
  let pending = [];

  const show = (now) => {
    name = now;
    showUser(logon, name !== null, one(write, 'input'));
  };
  show(null);

  function send(request, message) {
    sendOrThrow(socket, message);
    pending.push(request);
  }

  onSubmit(logon, async (form) => {
    await opened;
    const wanted = textOf(form, 'name');
    send({ logon: wanted }, { logon: wanted });
  });

  onClick(one(logon, '.logoff'), one(logon, '.problem'), () => {
    sendOrThrow(socket, { logoff: true });
    show(null);
    addLine(list, null, 'You are logged off.');
  });

  onSubmit(write, async (form) => {
    await opened;
    const [to, text] = [textOf(form, 'to'), textOf(form, 'text')];
    const line = addLine(list, name ?? 'you', text, { kind: 'mine', note: `to ${to}` });
    try {
      send({ line }, { to, text });
      one(write, '[name=text]').value = '';
    } catch (error) {
      addMark(line, 'not sent');
      throw error;
    }
  });

  // {messenger, What}, {messenger, stop, Why} and {message_from, Name, Message} as JSON.
  socket.on('message', ([kind, first, second]) => {
    if (kind === 'message_from') message(first, second);
    else if (first === 'stop') stop(second);
    else answer(first);
  });

  socket.on('state', ({ state, code }) => {
    if (state === 'open' && returning !== null) {
      send({ logon: returning }, { logon: returning });
      returning = null;
    }
    if (state !== 'waiting' && state !== 'closed') return;
    dropPending();
    if (name === null) return;
    if (state === 'waiting') returning = name;
    show(null);
    addMark(addLine(list, null, 'The connection to the messenger is lost.'), String(code));
  });

  function message(from, said) {
    const text = typeof said === 'string' ? said : JSON.stringify(said);
    addLine(list, from, text);
    const to = one(write, '[name=to]');
    if (to.value === '') to.value = from;
  }

  function answer(what) {
    const request = pending.shift();
    if (request?.logon) show(request.logon);
    if (!request?.line) {
      say(what);
      return;
    }
    addMark(request.line, what);
    if (sentences[what]) addLine(list, null, sentences[what]);
  }

  /** The messenger has refused a request, and does not know this user. */
  function stop(why) {
    dropPending();
    show(null);
    say(why);
  }

  /** Forgets pending requests that will get no answer, and marks their lines. */
  function dropPending() {
    for (const { line } of pending) if (line) addMark(line, 'not sent');
    pending = [];
  }

  function say(what) {
    addMark(addLine(list, null, sentences[what] ?? 'The messenger has answered.'), what);
  }
}
