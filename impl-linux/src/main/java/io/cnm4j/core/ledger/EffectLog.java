package io.cnm4j.core.ledger;

import io.cnm4j.spi.store.Entry;
import io.cnm4j.spi.store.KeyValueStore;
import io.cnm4j.spi.store.Write;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The effects outside of all records, in the store that survives the loss of power, as what they had an effect on may. Thread-safe. */
public final class EffectLog {
    private static final String PREFIX = "effect/";

    private final Commits commits;
    private final Map<String, EffectRecord> effects = new ConcurrentHashMap<>();

    EffectLog(KeyValueStore store) {
        commits = new Commits(store);
        for (Entry entry : store.list(PREFIX)) {
            EffectRecord effect = RecordCodec.decode(entry, EffectRecord.class);
            effects.put(effect.id(), effect);
        }
    }

    /** Returns all effects. */
    public Collection<EffectRecord> all() {
        return List.copyOf(effects.values());
    }

    /** Returns the effect on the network or endpoint with this id. */
    public Optional<EffectRecord> of(String id) {
        return Optional.ofNullable(effects.get(id));
    }

    /** Writes an effect, new or changed. */
    public void put(EffectRecord effect) {
        putRight();
        commits.of(List.of(new Write.Put(key(effect.id()), RecordCodec.encode(effect), Write.ANY)));
        effects.put(effect.id(), effect);
    }

    /** Removes an effect: nothing of it is left. */
    public void remove(EffectRecord effect) {
        putRight();
        commits.of(List.of(new Write.Delete(key(effect.id()), Write.ANY)));
        effects.remove(effect.id());
    }

    /** See {@link Commits#putRight}. */
    void putRight() {
        commits.putRight(key -> of(key.substring(PREFIX.length())).map(RecordCodec::encode), (key, revision) -> {});
    }

    private static String key(String id) {
        return PREFIX + id;
    }
}
