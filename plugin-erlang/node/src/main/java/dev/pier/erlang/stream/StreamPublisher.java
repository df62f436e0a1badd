package dev.pier.erlang.stream;

import dev.pier.erlang.Reply;
import dev.pier.erlang.ReplyStream;
import java.util.Iterator;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// A stream as a publisher for one subscriber: a virtual thread reads as much as the subscriber has asked for.
///
/// Any thread may ask and cancel; all that the subscriber hears comes from that virtual thread.
final class StreamPublisher implements Flow.Publisher<Reply> {
    private final ReplyStream stream;
    private final AtomicBoolean subscribed = new AtomicBoolean();

    StreamPublisher(ReplyStream stream) {
        this.stream = stream;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super Reply> subscriber) {
        boolean first = subscribed.compareAndSet(false, true);
        Demand demand = new Demand(first ? stream::close : () -> {});
        subscriber.onSubscribe(demand);
        if (first) {
            Thread.ofVirtual().name("erlang-publisher").start(() -> publish(subscriber, demand));
        } else {
            subscriber.onError(new IllegalStateException("a stream has one subscriber"));
        }
    }

    private void publish(Flow.Subscriber<? super Reply> subscriber, Demand demand) {
        try (stream) {
            Iterator<Reply> elements = stream.iterator();
            while (demand.awaitOne() && elements.hasNext()) {
                subscriber.onNext(elements.next());
            }
            if (!demand.isCancelled()) {
                subscriber.onComplete();
            }
        } catch (RuntimeException | InterruptedException failure) {
            if (!demand.isCancelled()) {
                subscriber.onError(failure);
            }
        }
    }

    /// How much the subscriber has asked for.
    private static final class Demand implements Flow.Subscription {
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition changed = lock.newCondition();
        private final Runnable onCancel;
        private long wanted;
        private boolean invalid;
        private boolean cancelled;

        Demand(Runnable onCancel) {
            this.onCancel = onCancel;
        }

        @Override
        public void request(long more) {
            lock.lock();
            try {
                invalid |= more <= 0;
                wanted = wanted + more < 0 ? Long.MAX_VALUE : wanted + more;
                changed.signal();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void cancel() {
            lock.lock();
            try {
                cancelled = true;
                changed.signal();
            } finally {
                lock.unlock();
            }
            onCancel.run();
        }

        boolean isCancelled() {
            lock.lock();
            try {
                return cancelled;
            } finally {
                lock.unlock();
            }
        }

        /// @return false once it has been cancelled
        boolean awaitOne() throws InterruptedException {
            lock.lock();
            try {
                while (wanted == 0 && !invalid && !cancelled) {
                    changed.await();
                }
                if (invalid) {
                    // SPEC: Flow.Subscription#request: "the Subscriber will receive an onError".
                    throw new IllegalArgumentException("a subscriber asks for one element at least");
                }
                wanted--;
                return !cancelled;
            } finally {
                lock.unlock();
            }
        }
    }
}
