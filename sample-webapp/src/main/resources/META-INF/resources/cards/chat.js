import { el, moveFocus, one, onClick, onSubmit } from '../lib/dom.js';
import { on, onConnection, opened } from '../lib/events.js';
import { getMine, postJson } from '../lib/http.js';
import { addLine, addMark } from '../lib/talk.js';

const refused = {
  nick_in_use: 'Somebody has that nick already.',
  nick_not_allowed: 'That nick is the server’s own.',
};

export async function mount(section) {
  const list = one(section, '.talk');
  const join = one(section, 'form.join');
  const leave = one(join, '.leave');
  const say = one(section, 'form.say');
  const to = one(say, 'select');
  let nick = null;

  const show = (now, node = null) => {
    nick = now;
    one(join, 'input').readOnly = nick !== null;
    moveFocus(leave, one(join, 'input'));
    one(join, 'button.first').hidden = nick !== null;
    leave.hidden = nick === null;
    for (const field of say.elements) field.disabled = nick === null;
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
    to.replaceChildren(el('option', { value: '' }, 'everybody'),
      ...others.map((name) => el('option', { value: name, selected: name === chosen }, name)));
  }

  show(null);
  const { server } = await getMine('chat');
  if (server === null) {
    one(section, '.absent').hidden = false;
    for (const useless of [join, list, say]) useless.hidden = true;
    return;
  }

  onSubmit(join, async (form) => {
    await opened;
    try {
      const joined = await postJson('chat/join', { nick: form.get('nick').trim() });
      show(joined.nick, joined.node);
      showPresent(joined.present);
      addLine(list, null, 'You have joined.');
      one(say, '[name=text]').focus();
    } catch (error) {
      if (refused[error.detail]) Object.assign(error, { title: error.detail, detail: refused[error.detail] });
      throw error;
    }
  });

  onClick(leave, one(join, '.problem'), async () => {
    show(null);
    await postJson('chat/leave', {});
    addLine(list, null, 'You have left.');
  });

  onSubmit(say, async (form) => {
    const text = form.get('text').trim();
    const receiver = form.get('to');
    await (receiver ? postJson('chat/private', { to: receiver, text }) : postJson('chat/say', { text }));
    addLine(list, nick, text, { kind: 'mine', note: receiver && `to ${receiver} alone` });
    one(say, '[name=text]').value = '';
  });

  on('chat', (told) => ({
    message: ({ from, text }) => (from === 'server' ? addLine(list, null, text) : addLine(list, from, text)),
    private: ({ from, text }) => addLine(list, from, text, { kind: 'private', note: 'to you alone' }),
    present: ({ present }) => nick !== null && showPresent(present),
    gone: ({ why }) => {
      show(null);
      addMark(addLine(list, null, 'The chat is gone.'), why);
    },
  })[told.kind]?.(told));

  // Who comes back after the server has taken this page for closed has left the chat.
  onConnection(async (open) => {
    if (open && nick !== null && (await getMine('chat')).nick === null) {
      show(null);
      addLine(list, null, 'The server was away. You have left.');
    }
  });
}
