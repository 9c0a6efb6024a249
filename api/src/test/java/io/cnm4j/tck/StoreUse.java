package io.cnm4j.tck;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.spi.store.KeyValueStore;
import io.cnm4j.spi.store.Session;
import io.cnm4j.spi.store.Write;
import java.time.Duration;
import java.util.List;

/** What a controller does with a store that it may use. For tests of who may. */
public final class StoreUse {
    private static final Duration TIME_TO_LIVE = Duration.ofSeconds(10);

    private StoreUse() {}

    /** Puts a key that holds its own name; returns the revision. */
    public static long put(KeyValueStore store, String key) {
        return store.commit(List.of(new Write.Put(key, key.getBytes(UTF_8), Write.ANY)));
    }

    /** Follows, holds, puts and reads in an empty store. */
    public static void all(KeyValueStore store) {
        var told = new Follower("");
        try (var following = store.follow("", told);
                Session session = store.session(TIME_TO_LIVE, () -> {})) {
            store.commit(List.of(new Write.Hold("held", new byte[1], Write.ANY, session)));
            put(store, "a");
            Waiting.until(() -> told.values().size() == 2);
            assertThat(told.values()).containsKeys("a", "held");
            assertThat(following).isNotNull();
        }
        assertThat(store.get("held")).isEmpty();
    }
}
