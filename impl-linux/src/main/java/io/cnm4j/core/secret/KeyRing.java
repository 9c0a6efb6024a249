package io.cnm4j.core.secret;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The keys of a cluster: most of the time one, while it is replaced two.
 *
 * @param version of this form, 1
 * @param keys in the order in which they came
 * @param primary number of the key that is sent with
 * @param since when it became that, milliseconds since 1970 by the clock of the host that made it so
 */
public record KeyRing(int version, List<Key> keys, int primary, long since) {
    private static final int LENGTH = 32;

    /**
     * A key.
     *
     * @param number counts from 1
     * @param secret 32 octets
     */
    public record Key(int number, Secret secret) {}

    /** Copies the list, and refuses what is no ring. */
    public KeyRing {
        keys = List.copyOf(keys);
        int sent = primary;
        boolean sound = version == 1
                && keys.stream().anyMatch(key -> key.number() == sent)
                && keys.stream().map(Key::number).distinct().count() == keys.size()
                && keys.stream()
                        .allMatch(key -> key.number() > 0 && key.secret().length() == LENGTH);
        if (!sound) {
            throw new IllegalArgumentException("this is no ring of keys of version 1");
        }
    }

    /** Returns a ring of one key. */
    public static KeyRing first(RandomGenerator random, long now) {
        return new KeyRing(1, List.of(new Key(1, Secret.random(random, LENGTH))), 1, now);
    }

    /** Returns the number of the latest key. */
    public int latest() {
        return keys.stream().map(Key::number).max(Comparator.naturalOrder()).orElse(0);
    }

    /** Returns this with one more key, which nobody sends with yet. */
    public KeyRing grown(RandomGenerator random) {
        var more = new ArrayList<>(keys);
        more.add(new Key(latest() + 1, Secret.random(random, LENGTH)));
        return new KeyRing(version, more, primary, since);
    }

    /** Returns this where the latest key is sent with. */
    public KeyRing turned(long now) {
        return new KeyRing(version, keys, latest(), now);
    }

    /** Returns this without the keys that came before the one that is sent with. */
    public KeyRing pruned() {
        return new KeyRing(
                version, keys.stream().filter(key -> key.number() >= primary).toList(), primary, since);
    }

    /** Returns the numbers of the keys; never the keys. */
    @Override
    public String toString() {
        return "KeyRing[keys=" + keys.stream().map(Key::number).toList() + ", primary=" + primary + "]";
    }
}
