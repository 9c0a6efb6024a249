package io.cnm4j.kvstore.embedded;

import io.cnm4j.spi.store.Change;
import io.cnm4j.spi.store.KeyValueStore.Subscription;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Tells listeners of changes, in the order of the commits, one call at a time. Changes are queued while commits exclude each
 * other and delivered afterwards, so that a slow listener keeps callers waiting but no commit. Thread-safe.
 */
final class Watchers {
    private static final Logger LOG = System.getLogger(Watchers.class.getName());

    private final List<Watcher> watchers = new CopyOnWriteArrayList<>();
    private final ConcurrentLinkedQueue<Delivery> queue = new ConcurrentLinkedQueue<>();
    private final ReentrantLock delivering = new ReentrantLock();

    /** Adds a listener for what there is and then for what is queued from now on; callers exclude each other. */
    Subscription add(String prefix, List<Change> there, Consumer<List<Change>> listener) {
        var watcher = new Watcher(prefix, listener);
        watchers.add(watcher);
        queue.add(new Delivery(List.of(watcher), there));
        return () -> watchers.remove(watcher);
    }

    /** Queues changes for the listeners there are now; callers exclude each other. */
    void queue(List<Change> changes) {
        if (!watchers.isEmpty() && !changes.isEmpty()) {
            queue.add(new Delivery(List.copyOf(watchers), List.copyOf(changes)));
        }
    }

    /** Delivers what is queued; when it returns, all that was queued before has been delivered. */
    void deliver() {
        if (delivering.isHeldByCurrentThread()) {
            return; // a listener that commits: its changes follow when it has returned
        }
        if (watchers.isEmpty() && queue.isEmpty()) {
            return;
        }
        delivering.lock();
        try {
            for (Delivery next = queue.poll(); next != null; next = queue.poll()) {
                Delivery delivery = next;
                delivery.watchers.forEach(watcher -> tell(watcher, delivery.changes));
            }
        } finally {
            delivering.unlock();
        }
    }

    private void tell(Watcher watcher, List<Change> changes) {
        List<Change> concerned = changes.stream()
                .filter(change -> change.key().startsWith(watcher.prefix))
                .toList();
        if (!watchers.contains(watcher) || (concerned.isEmpty() && watcher.told)) {
            return;
        }
        watcher.told = true;
        try {
            watcher.listener.accept(concerned);
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "a follower of '" + watcher.prefix + "' failed on a change; it stands", e);
        }
    }

    private record Delivery(List<Watcher> watchers, List<Change> changes) {}

    private static final class Watcher {
        private final String prefix;
        private final Consumer<List<Change>> listener;
        private boolean told; // by whoever delivers

        Watcher(String prefix, Consumer<List<Change>> listener) {
            this.prefix = prefix;
            this.listener = listener;
        }
    }
}
