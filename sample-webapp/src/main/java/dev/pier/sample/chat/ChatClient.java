package dev.pier.sample.chat;

import dev.pier.erlang.ErlangProcess;
import dev.pier.erlang.GenServer;
import dev.pier.erlang.GenServerRef;
import dev.pier.erlang.Message;
import dev.pier.erlang.Peer;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Binary;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import java.util.List;

/// One user of the chat: a node with a server `message_handler`, which is cast what the others say. The chat knows no
/// more of its users, and cannot tell this one from one in Elixir (`elixir/lib/chat/client.ex`).
///
/// The node ends with the user, and the chat sees it: who just goes has left, too.
///
/// Safe for many threads. The listener is called on the handler's virtual thread, one call at a time.
final class ChatClient implements AutoCloseable {
    /// The peer in `server.conf` whose node has the chat's server.
    static final String PEER = "chat";

    private static final String SERVER = "message_server";
    private static final String HANDLER = "message_handler";

    private static final Atom CONNECT = Atom.of("connect");
    private static final Atom DISCONNECT = Atom.of("disconnect");
    private static final Atom SAY = Atom.of("say");
    private static final Atom PRIVATE_MESSAGE = Atom.of("private_message");
    private static final Atom MESSAGE = Atom.of("message");
    private static final Atom USERS = Atom.of("users");

    private final ChatNodes.Lease lease;
    private final GenServerRef server;
    private final Binary nick;
    private final List<Term> present;

    /// What the user hears.
    interface Listener {
        /// @param from the nick, or the atom `server`
        void said(Term from, Term text);

        void saidToYouAlone(Term from, Term text);

        /// Somebody has come or gone.
        void present(List<Term> nicks);

        /// The chat's server has ended, or cannot be reached any more. The node is there still.
        void serverGone(Term reason);
    }

    /// The chat does not want this user; the message says why: `nick_in_use` or `nick_not_allowed`.
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        private Refused(Term why) {
            super(why.toString());
        }
    }

    private ChatClient(ChatNodes.Lease lease, GenServerRef server, Binary nick, List<Term> present) {
        this.lease = lease;
        this.server = server;
        this.nick = nick;
        this.present = present;
    }

    /// Joins the chat as the user of a node, which ends with the user, or if the chat does not want the user.
    ///
    /// @throws dev.pier.erlang.ErlangException if the server cannot be called
    static ChatClient join(ChatNodes.Lease lease, String nick, Listener listener) throws Refused {
        boolean joined = false;
        try {
            Peer chat = lease.node().peer(PEER);
            // Before the server knows of it: the first message may come before the answer.
            lease.node().register(HANDLER, new MessageHandler(chat.nodeName(), listener));
            GenServerRef server = chat.server(SERVER);
            Binary name = Binary.of(nick);
            Term answer = server.call(Tuple.of(CONNECT, name)).term();
            if (answer instanceof Tuple tuple && tuple.is(Atom.OK, 2) && tuple.get(1) instanceof ListTerm nicks) {
                joined = true;
                return new ChatClient(lease, server, name, nicks.elements());
            }
            throw new Refused(answer);
        } finally {
            if (!joined) {
                lease.close();
            }
        }
    }

    String nick() {
        return nick.utf8().orElseThrow();
    }

    String nodeName() {
        return lease.node().name();
    }

    /// Who was there when this user came, who is among them.
    List<Term> present() {
        return present;
    }

    void say(String text) {
        server.cast(Tuple.of(SAY, nick, Binary.of(text)));
    }

    void sayTo(String receiver, String text) {
        server.cast(Tuple.of(PRIVATE_MESSAGE, nick, Binary.of(receiver), Binary.of(text)));
    }

    /// Says goodbye, and goes.
    void leave() {
        try {
            server.call(Tuple.of(DISCONNECT, nick)).term();
        } finally {
            close();
        }
    }

    /// Just goes.
    @Override
    public void close() {
        lease.close();
    }

    /// The server that the chat's server casts to.
    private record MessageHandler(String serverNode, Listener listener) implements GenServer {
        @Override
        public void init(ErlangProcess self) {
            self.monitor(SERVER, serverNode);
        }

        @Override
        public void handleCall(Message request, From from) {
            from.reply(Atom.ERROR);
        }

        @Override
        public void handleCast(Message request) {
            if (!(request.term() instanceof Tuple told)) {
                return;
            }
            if (told.is(MESSAGE, 3)) {
                listener.said(told.get(1), told.get(2));
            } else if (told.is(PRIVATE_MESSAGE, 3)) {
                listener.saidToYouAlone(told.get(1), told.get(2));
            } else if (told.is(USERS, 2) && told.get(1) instanceof ListTerm nicks) {
                listener.present(nicks.elements());
            }
        }

        @Override
        public void handleInfo(Message message) {
            message.down().ifPresent(down -> listener.serverGone(down.reason()));
        }
    }
}
