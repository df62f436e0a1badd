import { one, onClick, onSubmit } from '../lib/dom.js';
import { on, opened } from '../lib/events.js';
import { postJson } from '../lib/http.js';
import { addLine, addMark } from '../lib/talk.js';
import { onUserLost, showUser } from '../lib/user.js';

// The atoms from the messenger's server and the reasons of the process's end, as sentences.
const sentences = {
  logged_on: 'You are logged on.',
  receiver_not_found: 'No user with this name is logged on.',
  user_exists_at_other_node: 'A user with this name is already logged on.',
  you_are_not_logged_on: 'Log on first.',
  noproc: 'The messenger is not running on the Erlang node.',
  noconnection: 'There is no connection to the Erlang node.',
  killed: 'The messenger was killed.',
};

export function mount(section) {
  const list = one(section, '.talk');
  const logon = one(section, 'form.logon');
  const write = one(section, 'form.write');
  let name = null;
  // Requests without an answer from the messenger's server: { logon } or { line }. Answers come in the requests' order.
  let pending = [];

  async function send(request, path, body) {
    pending.push(request);
    try {
      await postJson(path, body);
    } catch (error) {
      drop((other) => other === request);
      throw error;
    }
  }

  /** Forgets pending requests that will get no answer, and marks their lines. */
  function drop(matches) {
    for (const { line } of pending.filter(matches)) if (line) addMark(line, 'not sent');
    pending = pending.filter((request) => !matches(request));
  }

  const show = (now) => {
    name = now;
    showUser(logon, name !== null, one(write, 'input'));
  };
  show(null);

  onSubmit(logon, async (form) => {
    await opened;
    const wanted = form.get('name').trim();
    await send({ logon: wanted }, 'messenger/logon', { name: wanted });
  });

  onClick(one(logon, '.logoff'), one(logon, '.problem'), async () => {
    show(null);
    await postJson('messenger/logoff', {});
    addLine(list, null, 'You are logged off.');
  });

  onSubmit(write, async (form) => {
    await opened;
    const to = form.get('to').trim();
    const text = form.get('text').trim();
    const line = addLine(list, name ?? 'you', text, { kind: 'mine', note: `to ${to}` });
    one(write, '[name=text]').value = '';
    await send({ line }, 'messenger/message', { to, text });
  });

  on('messenger', (event) => ({ message, answer, stop })[event.kind]?.(event));

  function message({ from, text }) {
    addLine(list, from, text);
    const to = one(write, '[name=to]');
    if (to.value === '') to.value = from;
  }

  function answer({ what }) {
    const request = pending.shift();
    if (request?.logon) show(request.logon);
    if (!request?.line) {
      say(what);
      return;
    }
    addMark(request.line, what);
    if (sentences[what]) addLine(list, null, sentences[what]);
  }

  function stop({ why }) {
    drop(() => true);
    show(null);
    say(why);
  }

  function say(what) {
    addMark(addLine(list, null, sentences[what] ?? 'The process has ended.'), what);
  }

  onUserLost('messenger', {
    isPresent: () => name !== null,
    isKnown: (state) => state.alive,
    lost: () => {
      show(null);
      addLine(list, null, 'The connection to the server was lost. You are logged off.');
    },
  });
}
