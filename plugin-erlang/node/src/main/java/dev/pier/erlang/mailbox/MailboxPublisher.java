package dev.pier.erlang.mailbox;

import dev.pier.erlang.Message;
import dev.pier.erlang.ProcessEnded;
import dev.pier.erlang.mapping.EncodedMessage;
import dev.pier.erlang.process.ExitReason;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import java.util.Objects;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The messages of a mailbox for one subscriber, no more of them than it has requested.
///
/// *Threads.* A virtual thread delivers, and lives as long as there are both messages and requests; an idle
/// subscription has none. Any thread may request and cancel. The lock guards all fields; the subscriber is called
/// without it.
///
/// SPEC: java.util.concurrent.Flow; Reactive Streams 1.0.4, rules 1.1 to 1.9 and 3.1 to 3.17.
final class MailboxPublisher implements Flow.Publisher<Message>, Flow.Subscription {
    private static final Logger log = LoggerFactory.getLogger(MailboxPublisher.class);

    private static final Atom SHUTDOWN = Atom.of("shutdown");

    private final LocalMailbox mailbox;
    private final Object lock = new Object();

    private Flow.@Nullable Subscriber<? super Message> subscriber;
    private boolean subscribed;
    private long requested;
    private boolean invalid;
    /// A thread calls the subscriber, or `subscribe` does.
    private boolean delivering;

    private @Nullable ExitReason end;

    MailboxPublisher(LocalMailbox mailbox) {
        this.mailbox = mailbox;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super Message> newSubscriber) {
        Objects.requireNonNull(newSubscriber, "subscriber");
        synchronized (lock) {
            if (subscribed) {
                refuse(newSubscriber);
                return;
            }
            subscribed = true;
            subscriber = newSubscriber;
            delivering = true;
        }
        try {
            newSubscriber.onSubscribe(this);
        } catch (Throwable t) {
            cancel();
            throw t;
        } finally {
            synchronized (lock) {
                delivering = false;
            }
        }
        changed();
    }

    private static void refuse(Flow.Subscriber<? super Message> second) {
        second.onSubscribe(new Flow.Subscription() {
            @Override
            public void request(long n) {}

            @Override
            public void cancel() {}
        });
        second.onError(new IllegalStateException("a mailbox has one subscriber"));
    }

    @Override
    public void request(long more) {
        synchronized (lock) {
            invalid |= more <= 0;
            requested = requested + more < 0 ? Long.MAX_VALUE : requested + more;
        }
        changed();
    }

    @Override
    public void cancel() {
        synchronized (lock) {
            subscriber = null;
        }
        mailbox.close();
    }

    /// The process has ended.
    void ended(ExitReason reason) {
        synchronized (lock) {
            end = reason;
        }
        changed();
    }

    /// There may be something to deliver. Never blocks for longer than the lock.
    void changed() {
        synchronized (lock) {
            if (delivering || subscriber == null || !isDue()) {
                return;
            }
            delivering = true;
            Thread thread = Thread.ofVirtual().name("erlang-publisher").unstarted(this::deliver);
            thread.setContextClassLoader(subscriber.getClass().getClassLoader());
            thread.start();
        }
    }

    private boolean isDue() {
        return invalid || end != null || (requested > 0 && mailbox.size() > 0);
    }

    private void deliver() {
        while (true) {
            Flow.Subscriber<? super Message> receiver;
            EncodedMessage message;
            Throwable failure = null;
            synchronized (lock) {
                receiver = subscriber;
                if (receiver == null) {
                    delivering = false;
                    return;
                }
                message = !invalid && end == null && requested > 0 ? mailbox.queue.poll() : null;
                if (message != null) {
                    requested -= requested == Long.MAX_VALUE ? 0 : 1;
                } else if (invalid || end != null) {
                    subscriber = null;
                    failure = invalid
                            ? new IllegalArgumentException("a subscriber must request at least one message")
                            : failure(Objects.requireNonNull(end));
                } else {
                    delivering = false;
                    return;
                }
            }
            try {
                if (message == null) {
                    finish(receiver, failure);
                    return;
                }
                receiver.onNext(message);
            } catch (Throwable t) {
                log.error("The subscriber of {} failed; its subscription ends", mailbox, t);
                cancel();
            }
        }
    }

    private void finish(Flow.Subscriber<? super Message> receiver, @Nullable Throwable failure) {
        mailbox.close();
        if (failure == null) {
            receiver.onComplete();
        } else {
            receiver.onError(failure);
        }
    }

    private @Nullable ProcessEnded failure(ExitReason reason) {
        return isOrderly(reason.term()) ? null : mailbox.hasEnded();
    }

    private static boolean isOrderly(Term reason) {
        return reason.equals(ExitReason.NORMAL.term())
                || reason.equals(ExitReason.SHUTDOWN.term())
                || (reason instanceof Tuple tuple && tuple.is(SHUTDOWN, 2));
    }
}
