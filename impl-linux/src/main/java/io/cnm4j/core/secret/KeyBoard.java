package io.cnm4j.core.secret;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Where a controller's keys are for those who seal with them. Thread-safe. */
public final class KeyBoard {
    private final List<Consumer<HostKeys>> followers = new CopyOnWriteArrayList<>();
    private HostKeys now = HostKeys.NONE; // guarded by this

    /** Makes one without keys. */
    public KeyBoard() {}

    /** Tells what is there, now and whenever it changes. */
    public synchronized void follow(Consumer<HostKeys> follower) {
        followers.add(follower);
        follower.accept(now);
    }

    /** Changes what is there. When this returns, all who follow use it; if one throws, the same keys are told again the next time. */
    public synchronized void set(HostKeys keys) {
        if (!keys.equals(now)) {
            followers.forEach(follower -> follower.accept(keys));
            now = keys;
        }
    }
}
