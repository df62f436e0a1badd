package dev.pier.erlang.stream;

import dev.pier.erlang.Reply;
import dev.pier.erlang.ReplyStream;
import java.util.Iterator;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// A stream as a publisher for one subscriber: a virtual thread reads as much as the subscriber has requested.
///
/// Threads: any thread may request and cancel; the virtual thread makes all calls of the subscriber except
/// `onSubscribe`.
final class StreamPublisher implements Flow.Publisher<Reply> {
    private final ReplyStream stream;
    private final AtomicBoolean subscribed = new AtomicBoolean();

    StreamPublisher(ReplyStream stream) {
        this.stream = stream;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super Reply> subscriber) {
        boolean first = subscribed.compareAndSet(false, true);
        Requests requests = new Requests(first ? stream::close : () -> {});
        subscriber.onSubscribe(requests);
        if (first) {
            Thread.ofVirtual().name("erlang-publisher").start(() -> publish(subscriber, requests));
        } else {
            subscriber.onError(new IllegalStateException("a stream has one subscriber"));
        }
    }

    private void publish(Flow.Subscriber<? super Reply> subscriber, Requests requests) {
        try (stream) {
            Iterator<Reply> elements = stream.iterator();
            while (requests.awaitOne() && elements.hasNext()) {
                subscriber.onNext(elements.next());
            }
            if (!requests.isCancelled()) {
                subscriber.onComplete();
            }
        } catch (RuntimeException | InterruptedException failure) {
            if (!requests.isCancelled()) {
                subscriber.onError(failure);
            }
        }
    }

    /// Counts the elements that are requested and not delivered yet.
    private static final class Requests implements Flow.Subscription {
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition changed = lock.newCondition();
        private final Runnable onCancel;
        private long requested;
        private boolean invalid;
        private boolean cancelled;

        Requests(Runnable onCancel) {
            this.onCancel = onCancel;
        }

        @Override
        public void request(long more) {
            lock.lock();
            try {
                invalid |= more <= 0;
                requested = requested + more < 0 ? Long.MAX_VALUE : requested + more;
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

        /// Waits until an element is requested.
        ///
        /// @return false if the subscription is cancelled
        boolean awaitOne() throws InterruptedException {
            lock.lock();
            try {
                while (requested == 0 && !invalid && !cancelled) {
                    changed.await();
                }
                if (invalid) {
                    // SPEC: java.util.concurrent.Flow.Subscription, request: an error signal to the subscriber
                    throw new IllegalArgumentException("a subscriber must request at least one element");
                }
                requested--;
                return !cancelled;
            } finally {
                lock.unlock();
            }
        }
    }
}
