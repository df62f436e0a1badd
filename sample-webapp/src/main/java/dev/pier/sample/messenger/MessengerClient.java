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

/// One user of the messenger: a process that says to the server what the client of `messenger.erl` says, and gets the
/// same answers. Neither the server nor another user can tell it from one in Erlang.
///
/// In the text that process is registered as `mess_client`, and so a node has one user. But the server knows its users
/// by pid, and no message goes to that name from another process than the shell. So here each browser has a process of
/// its own, without a name, and one node has as many users as there are browsers.
///
/// The server links itself with whoever is logged on. That link ends this process when the server ends; a monitor says
/// so before there is the link, and at once where there is no server at all. Erlang's client waits five seconds for
/// that.
///
/// Safe for many threads; the listener is called on the process's virtual thread, one call at a time.
final class MessengerClient implements AutoCloseable {
    private static final String SERVER = "messenger";
    private static final Atom LOGON = Atom.of("logon");
    private static final Atom LOGOFF = Atom.of("logoff");
    private static final Atom MESSAGE_TO = Atom.of("message_to");
    private static final Atom MESSENGER = Atom.of("messenger");
    private static final Atom MESSAGE_FROM = Atom.of("message_from");
    private static final Atom NORMAL = Atom.of("normal");
    private static final Duration LONG = Duration.ofDays(1);

    private final Mailbox process;
    private final String serverNode;

    private MessengerClient(Mailbox process, String serverNode) {
        this.process = process;
        this.serverNode = serverNode;
    }

    /// What happens to the user.
    interface Listener {
        /// `logged_on`, `sent` or `receiver_not_found`.
        void answered(String what);

        /// The last that happens, and the process ends: `user_exists_at_other_node` or `you_are_not_logged_on`, as the
        /// server says, or the reason why it is not there. Not after [#logOff] and [#close].
        void stopped(MessengerClient client, String why);

        void message(Term from, Term text);
    }

    static MessengerClient start(ErlangNode node, String serverNode, Listener listener) {
        Mailbox process = node.mailbox();
        MessengerClient client = new MessengerClient(process, serverNode);
        process.monitor(SERVER, serverNode);
        Thread.ofVirtual().name("messenger " + process.self()).start(() -> client.run(listener));
        return client;
    }

    /// @throws dev.pier.erlang.NotConnected if the server's node is not there, and so with what follows
    void logOn(String name) {
        send(Tuple.of(process.self(), LOGON, Binary.of(name)));
    }

    void message(String to, String text) {
        send(Tuple.of(process.self(), MESSAGE_TO, Binary.of(to), Binary.of(text)));
    }

    /// Ends the process, too.
    void logOff() {
        try {
            send(Tuple.of(process.self(), LOGOFF));
        } finally {
            close();
        }
    }

    /// The user has gone: the process just ends, and the server sees it by its link.
    @Override
    public void close() {
        process.close();
    }

    private void send(Tuple message) {
        process.send(SERVER, serverNode, message);
    }

    private void run(Listener listener) {
        try (process) {
            Term why = whyItEnds(listener);
            if (!why.equals(NORMAL)) {
                listener.stopped(this, why.toString());
            }
        }
    }

    /// What the server says, or the monitor, or the link, which ends the process: whichever is seen first.
    private Term whyItEnds(Listener listener) {
        try {
            Optional<Term> why = Optional.empty();
            while (why.isEmpty()) {
                why = process.receive(MessengerClient::isReadable, LONG).flatMap(message -> handle(message, listener));
            }
            return why.get();
        } catch (ProcessEnded ended) {
            return ended.reason();
        }
    }

    /// The mailbox drops what fails here: bytes that are no term.
    private static boolean isReadable(Message message) {
        return message.term() != null;
    }

    /// @return why the process is to end, if it is
    private static Optional<Term> handle(Message message, Listener listener) {
        Optional<Message.Down> down = message.down();
        if (down.isPresent()) {
            return down.map(Message.Down::reason);
        }
        return message.term() instanceof Tuple told ? handle(told, listener) : Optional.empty();
    }

    private static Optional<Term> handle(Tuple told, Listener listener) {
        if (told.is(MESSAGE_FROM, 3)) {
            listener.message(told.get(1), told.get(2));
        } else if (told.is(MESSENGER, 2)) {
            listener.answered(told.get(1).toString());
        } else if (told.is(MESSENGER, 3)) {
            return Optional.of(told.get(2));
        }
        return Optional.empty();
    }
}
