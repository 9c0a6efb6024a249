package io.cnm4j.core.sim;

import io.cnm4j.api.error.StoreException;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.store.Change;
import io.cnm4j.spi.store.KeyValueStore;
import io.cnm4j.spi.store.Write;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;

/**
 * A connection to a shared store that tells its follower late, in another order (of each key the order stays), and at times only the last of
 * several changes of a key; and whose commits fail now and then, before or after they are carried out. Thread-safe.
 */
public final class UnevenStore extends StoreBetween {
    private final Random random; // guarded by this
    private final Map<String, List<Change>> waiting = new LinkedHashMap<>(); // by key; guarded by this
    private Consumer<List<Change>> follower = changes -> {};
    private volatile boolean faulty = true;
    private volatile boolean held;

    /** Makes one whose luck is this seed's. */
    public UnevenStore(KeyValueStore real, long seed) {
        super(real);
        this.random = new Random(seed);
    }

    /** From now on it is as uneven as at first. */
    public void upset() {
        faulty = true;
    }

    /** From now on nothing is told until it settles. */
    public void hold() {
        held = true;
    }

    /** From now on nothing fails, and all that waits is told. */
    public void settle() {
        faulty = false;
        held = false;
        tell(true);
    }

    @Override
    public KeyValueStore within(Deadline deadline) {
        return this;
    }

    @Override
    public Subscription follow(String prefix, Consumer<List<Change>> told) {
        var first = new boolean[] {true};
        follower = told;
        return real.follow(prefix, changes -> {
            if (first[0]) {
                first[0] = false;
                told.accept(changes);
                return;
            }
            synchronized (this) {
                changes.forEach(change -> waiting.computeIfAbsent(change.key(), key -> new ArrayList<>())
                        .add(change));
            }
            tell(!faulty);
        });
    }

    private synchronized void tell(boolean all) {
        if (held) {
            return;
        }
        for (String key : List.copyOf(waiting.keySet())) {
            List<Change> changes = waiting.getOrDefault(key, List.of());
            if (!all && random.nextInt(4) != 0) {
                continue;
            }
            waiting.remove(key);
            boolean last = changes.size() > 1 && random.nextInt(3) == 0;
            follower.accept(last ? changes.subList(changes.size() - 1, changes.size()) : changes);
        }
    }

    @Override
    public long commit(List<Write> writes) {
        int luck;
        synchronized (this) {
            luck = faulty ? random.nextInt(60) : 60;
        }
        if (luck == 0) {
            throw new StoreException("injected: not carried out");
        }
        long revision = real.commit(writes);
        if (luck == 1) {
            throw new StoreException("injected: carried out, and the answer lost");
        }
        return revision;
    }
}
