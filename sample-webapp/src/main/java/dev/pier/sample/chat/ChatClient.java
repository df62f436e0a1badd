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

/// One user of the chat: a node with a `gen_server` named `message_handler`, to which the chat casts what other
/// users say. To the chat, a user in Java and a user in Elixir (`elixir/lib/chat/client.ex`) are the same.
///
/// Threads: safe for many threads. The listener is called on the handler's virtual thread, one call at a time.
/// Lifecycle: the node ends with the user. The chat monitors the handler, so a user whose node ends has left
/// the chat.
final class ChatClient implements AutoCloseable {
    /// The peer in `server.conf` on which the chat's server runs.
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
    private final List<Term> usersAtJoin;

    /// Receives what happens in the chat.
    interface Listener {
        /// @param from the sender's nick, or the atom `server`
        void message(Term from, Term text);

        void privateMessage(Term from, Term text);

        /// A user has joined or left.
        void usersChanged(List<Term> nicks);

        /// The chat's server has ended or cannot be reached. The user's own node is still open.
        void serverDown(Term reason);
    }

    /// The chat has rejected the user. The message is the reason: `nick_in_use` or `nick_not_allowed`.
    static final class Rejected extends Exception {
        private static final long serialVersionUID = 1L;

        private Rejected(Term reason) {
            super(reason.toString());
        }
    }

    private ChatClient(ChatNodes.Lease lease, GenServerRef server, Binary nick, List<Term> usersAtJoin) {
        this.lease = lease;
        this.server = server;
        this.nick = nick;
        this.usersAtJoin = usersAtJoin;
    }

    /// Joins the chat with a node of the user's own. The node is closed with the user, or if the chat rejects
    /// the user.
    ///
    /// @throws dev.pier.erlang.ErlangException if the call to the chat's server fails
    static ChatClient join(ChatNodes.Lease lease, String nick, Listener listener) throws Rejected {
        try {
            Peer chat = lease.node().peer(PEER);
            // Registered before the call, because the first message may arrive before the answer.
            lease.node().register(HANDLER, new MessageHandler(chat.nodeName(), listener));
            GenServerRef server = chat.server(SERVER);
            Binary name = Binary.of(nick);
            Term answer = server.call(Tuple.of(CONNECT, name)).term();
            if (answer instanceof Tuple tuple && tuple.is(Atom.OK, 2) && tuple.get(1) instanceof ListTerm nicks) {
                return new ChatClient(lease, server, name, nicks.elements());
            }
            throw new Rejected(answer);
        } catch (Throwable t) {
            lease.close();
            throw t;
        }
    }

    String nick() {
        return nick.utf8().orElseThrow();
    }

    String nodeName() {
        return lease.node().name();
    }

    /// The nicks of the users who were in the chat when this user joined, including this user's.
    List<Term> usersAtJoin() {
        return usersAtJoin;
    }

    void say(String text) {
        server.cast(Tuple.of(SAY, nick, Binary.of(text)));
    }

    void sayTo(String receiver, String text) {
        server.cast(Tuple.of(PRIVATE_MESSAGE, nick, Binary.of(receiver), Binary.of(text)));
    }

    /// Tells the chat that this user leaves, and closes the node.
    void leave() {
        try {
            server.call(Tuple.of(DISCONNECT, nick)).term();
        } finally {
            close();
        }
    }

    /// Closes the node. The chat notices that the user has left.
    @Override
    public void close() {
        lease.close();
    }

    /// The `gen_server` to which the chat's server casts.
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
            if (!(request.term() instanceof Tuple event)) {
                return;
            }
            if (event.is(MESSAGE, 3)) {
                listener.message(event.get(1), event.get(2));
            } else if (event.is(PRIVATE_MESSAGE, 3)) {
                listener.privateMessage(event.get(1), event.get(2));
            } else if (event.is(USERS, 2) && event.get(1) instanceof ListTerm nicks) {
                listener.usersChanged(nicks.elements());
            }
        }

        @Override
        public void handleInfo(Message message) {
            message.down().ifPresent(down -> listener.serverDown(down.reason()));
        }
    }
}
