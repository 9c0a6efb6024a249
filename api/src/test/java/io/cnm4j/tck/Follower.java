package io.cnm4j.tck;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cnm4j.spi.store.Change;
import io.cnm4j.spi.store.Entry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** Applies what it is told, and fails, from then on, when the store breaks the law of followers. Thread-safe. */
public final class Follower implements Consumer<List<Change>> {
    private final String prefix;
    private final Map<String, String> values = new TreeMap<>(); // guarded by this
    private final Map<String, Long> revisions = new HashMap<>(); // guarded by this
    private final AtomicBoolean inside = new AtomicBoolean();
    private String fault = ""; // guarded by this

    /** Makes one for this prefix. */
    public Follower(String prefix) {
        this.prefix = prefix;
    }

    @Override
    public void accept(List<Change> changes) {
        if (!inside.compareAndSet(false, true)) {
            fault("two calls at once");
        }
        changes.forEach(this::apply);
        inside.set(false);
    }

    private synchronized void fault(String what) {
        fault = what;
    }

    private synchronized void apply(Change change) {
        if (!change.key().startsWith(prefix)) {
            fault = "told of '" + change.key() + "', which does not start with '" + prefix + "'";
        }
        long before = revisions.getOrDefault(change.key(), 0L);
        boolean again = change.value().isPresent() && change.revision() == before;
        if (change.revision() < before || again) {
            fault = "told revision " + change.revision() + " of '" + change.key() + "' after " + before;
        }
        revisions.put(change.key(), change.revision());
        change.value()
                .ifPresentOrElse(
                        value -> values.put(change.key(), new String(value, UTF_8)), () -> values.remove(change.key()));
    }

    /** Returns the values by key as they are now. */
    public synchronized Map<String, String> values() {
        if (!fault.isEmpty()) {
            throw new AssertionError(fault);
        }
        return new TreeMap<>(values);
    }

    /** Tells whether it holds these entries. */
    public boolean holds(List<Entry> entries) {
        var wanted = new TreeMap<String, String>();
        entries.forEach(entry -> wanted.put(entry.key(), new String(entry.value(), UTF_8)));
        return values().equals(wanted);
    }
}
