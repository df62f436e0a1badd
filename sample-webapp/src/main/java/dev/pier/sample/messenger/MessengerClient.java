package dev.pier.sample.messenger;

import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.Mailbox;
import dev.pier.erlang.Message;
import dev.pier.erlang.ProcessEnded;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Binary;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import java.time.Duration;
import java.util.Optional;

/// One user of the messenger: a process that speaks the protocol of the client in `messenger.erl`. To the
/// server and to other users, it is the same as a user in Erlang.
///
/// In the tutorial, the client is registered as `mess_client`, which allows one user per node. But the server
/// knows its users by pid, and only the shell sends to that name. So here the process of each browser has no
/// name, and one node can have many users.
///
/// The server links to each logged-on client, so this process ends with the server. This process also monitors
/// the server: the monitor covers the time before the link exists and reports a missing server at once, which
/// the client in Erlang notices only after five seconds.
///
/// Threads: safe for many threads. The listener is called on the process's virtual thread, one call at a time.
final class MessengerClient implements AutoCloseable {
    private static final String SERVER = "messenger";
    private static final Atom LOGON = Atom.of("logon");
    private static final Atom LOGOFF = Atom.of("logoff");
    private static final Atom MESSAGE_TO = Atom.of("message_to");
    private static final Atom MESSENGER = Atom.of("messenger");
    private static final Atom MESSAGE_FROM = Atom.of("message_from");
    private static final Atom NORMAL = Atom.of("normal");
    private static final Duration RECEIVE_TIMEOUT = Duration.ofDays(1);

    private final Mailbox process;
    private final String serverNode;

    private MessengerClient(Mailbox process, String serverNode) {
        this.process = process;
        this.serverNode = serverNode;
    }

    /// Receives what happens to the user.
    interface Listener {
        /// @param answer `logged_on`, `sent` or `receiver_not_found`
        void answered(String answer);

        /// The process ends, for a reason from the server (`user_exists_at_other_node` or
        /// `you_are_not_logged_on`) or because the server cannot be reached. This is the last call. It does not
        /// come after [#logOff] and [#close].
        void stopped(MessengerClient client, String reason);

        void message(Term from, Term text);
    }

    static MessengerClient start(ErlangNode node, String serverNode, Listener listener) {
        Mailbox process = node.mailbox();
        MessengerClient client = new MessengerClient(process, serverNode);
        process.monitor(SERVER, serverNode);
        Thread.ofVirtual().name("messenger " + process.self()).start(() -> client.run(listener));
        return client;
    }

    /// @throws dev.pier.erlang.NotConnected if there is no connection to the server's node, as in [#message]
    ///     and [#logOff]
    void logOn(String name) {
        send(Tuple.of(process.self(), LOGON, Binary.of(name)));
    }

    void message(String to, String text) {
        send(Tuple.of(process.self(), MESSAGE_TO, Binary.of(to), Binary.of(text)));
    }

    /// Logs off and ends the process.
    void logOff() {
        try {
            send(Tuple.of(process.self(), LOGOFF));
        } finally {
            close();
        }
    }

    /// Ends the process. The server's link tells it that the user is gone.
    @Override
    public void close() {
        process.close();
    }

    private void send(Tuple message) {
        try {
            process.send(SERVER, serverNode, message);
        } catch (ProcessEnded ended) {
            // The process may end at any moment, as after a DOWN. Its reason goes to the listener, not to this request.
        }
    }

    private void run(Listener listener) {
        try (process) {
            Term reason = handleMessages(listener);
            if (!reason.equals(NORMAL)) {
                listener.stopped(this, reason.toString());
            }
        }
    }

    /// Handles messages until the process is to end.
    ///
    /// @return the reason from the server, the monitor or the link, whichever comes first
    private Term handleMessages(Listener listener) {
        try {
            Optional<Term> reason = Optional.empty();
            while (reason.isEmpty()) {
                reason = process.receive(MessengerClient::isDecodable, RECEIVE_TIMEOUT)
                        .flatMap(message -> handle(message, listener));
            }
            return reason.get();
        } catch (ProcessEnded ended) {
            return ended.reason();
        }
    }

    /// Decodes the message. The mailbox discards messages for which this throws: their bytes are not a valid
    /// term.
    private static boolean isDecodable(Message message) {
        return message.term() != null;
    }

    /// @return the reason to end the process, if the message is one
    private static Optional<Term> handle(Message message, Listener listener) {
        Optional<Message.Down> down = message.down();
        if (down.isPresent()) {
            return down.map(Message.Down::reason);
        }
        return message.term() instanceof Tuple tuple ? handle(tuple, listener) : Optional.empty();
    }

    private static Optional<Term> handle(Tuple message, Listener listener) {
        if (message.is(MESSAGE_FROM, 3)) {
            listener.message(message.get(1), message.get(2));
        } else if (message.is(MESSENGER, 2)) {
            listener.answered(message.get(1).toString());
        } else if (message.is(MESSENGER, 3)) {
            return Optional.of(message.get(2));
        }
        return Optional.empty();
    }
}
