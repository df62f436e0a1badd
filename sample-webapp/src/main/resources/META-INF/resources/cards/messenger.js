import { moveFocus, one, onClick, onSubmit } from '../lib/dom.js';
import { on, onConnection, opened } from '../lib/events.js';
import { getMine, postJson } from '../lib/http.js';
import { addLine, addMark } from '../lib/talk.js';

// What the server and the process say, in words.
const words = {
  logged_on: 'You are logged on.',
  receiver_not_found: 'Nobody of that name is logged on.',
  user_exists_at_other_node: 'Somebody of that name is logged on already.',
  you_are_not_logged_on: 'Log on first.',
  noproc: 'No messenger runs on the Erlang node.',
  noconnection: 'The Erlang node is not reached.',
  killed: 'The messenger was killed.',
};

export function mount(section) {
  const list = one(section, '.talk');
  const logon = one(section, 'form.logon');
  const logoff = one(logon, '.logoff');
  let name = null;
  // What waits for the server's word on it: { logon } or { line }. It answers in the order in which it was asked.
  let waiting = [];

  async function ask(asked, path, body) {
    waiting.push(asked);
    try {
      await postJson(path, body);
    } catch (error) {
      drop((other) => other === asked);
      throw error;
    }
  }

  /** Those have not reached the messenger, and there is no word to wait for. */
  function drop(which) {
    for (const { line } of waiting.filter(which)) if (line) addMark(line, 'not sent');
    waiting = waiting.filter((asked) => !which(asked));
  }

  const show = (now) => {
    name = now;
    const field = one(logon, 'input');
    const button = one(logon, 'button.first');
    field.readOnly = name !== null;
    if (name === null) moveFocus(logoff, field);
    else moveFocus(button, one(section, 'form.write input'));
    button.hidden = name !== null;
    logoff.hidden = name === null;
  };
  show(null);

  onSubmit(logon, async (form) => {
    await opened;
    const wanted = form.get('name').trim();
    await ask({ logon: wanted }, 'messenger/logon', { name: wanted });
  });

  onClick(logoff, one(logon, '.problem'), async () => {
    show(null);
    await postJson('messenger/logoff', {});
    addLine(list, null, 'You are logged off.');
  });

  const write = one(section, 'form.write');
  onSubmit(write, async (form) => {
    await opened;
    const to = form.get('to').trim();
    const text = form.get('text').trim();
    const line = addLine(list, name ?? 'you', text, { kind: 'mine', note: `to ${to}` });
    one(write, '[name=text]').value = '';
    await ask({ line }, 'messenger/message', { to, text });
  });

  on('messenger', (told) => ({ message, answer, stop })[told.kind]?.(told));

  function message({ from, text }) {
    addLine(list, from, text);
    const to = one(write, '[name=to]');
    if (to.value === '') to.value = from;
  }

  function answer({ what }) {
    const asked = waiting.shift();
    if (asked?.logon) show(asked.logon);
    if (!asked?.line) {
      say(what);
      return;
    }
    addMark(asked.line, what);
    if (words[what]) addLine(list, null, words[what]);
  }

  function stop({ why }) {
    drop(() => true);
    show(null);
    say(why);
  }

  function say(what) {
    addMark(addLine(list, null, words[what] ?? 'The process has ended.'), what);
  }

  // Who comes back after the server has taken this page for closed is nobody's user any more.
  onConnection(async (open) => {
    if (open && name !== null && !(await getMine('messenger')).alive) {
      show(null);
      addLine(list, null, 'The server was away. You are logged off.');
    }
  });
}
