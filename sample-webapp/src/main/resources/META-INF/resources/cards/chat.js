import { el, one, onClick, onSubmit } from '../lib/dom.js';
import { on, opened } from '../lib/events.js';
import { getMine, postJson } from '../lib/http.js';
import { addLine, addMark } from '../lib/talk.js';
import { onUserLost, showUser } from '../lib/user.js';

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
  const { server } = await getMine('chat');
  if (server === null) {
    one(section, '.absent').hidden = false;
    for (const part of [join, list, say]) part.hidden = true;
    return;
  }

  onSubmit(join, async (form) => {
    await opened;
    try {
      const joined = await postJson('chat/join', { nick: form.get('nick').trim() });
      show(joined.nick, joined.node);
      showPresent(joined.present);
      addLine(list, null, 'You have joined.');
      text.focus();
    } catch (error) {
      if (rejections[error.detail]) Object.assign(error, { title: error.detail, detail: rejections[error.detail] });
      throw error;
    }
  });

  onClick(one(join, '.leave'), one(join, '.problem'), async () => {
    show(null);
    await postJson('chat/leave', {});
    addLine(list, null, 'You have left.');
  });

  onSubmit(say, async (form) => {
    const said = form.get('text').trim();
    const receiver = form.get('to');
    await (receiver ? postJson('chat/private', { to: receiver, text: said }) : postJson('chat/say', { text: said }));
    addLine(list, nick, said, { kind: 'mine', note: receiver && `to ${receiver} only` });
    text.value = '';
  });

  on('chat', (event) => ({
    message: ({ from, text: said }) => addLine(list, from === 'server' ? null : from, said),
    private: ({ from, text: said }) => addLine(list, from, said, { kind: 'private', note: 'to you only' }),
    present: ({ present }) => nick !== null && showPresent(present),
    gone: ({ why }) => {
      show(null);
      addMark(addLine(list, null, 'The chat has ended.'), why);
    },
  })[event.kind]?.(event));

  onUserLost('chat', {
    isPresent: () => nick !== null,
    isKnown: (state) => state.nick !== null,
    lost: () => {
      show(null);
      addLine(list, null, 'The connection to the server was lost. You have left.');
    },
  });
}
