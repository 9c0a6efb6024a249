package io.cnm4j.plugin.server;

import io.cnm4j.api.error.StoreException;
import io.cnm4j.driver.remote.protocol.BadMessageException;
import io.cnm4j.driver.remote.protocol.Fields;
import io.cnm4j.driver.remote.protocol.Json;
import io.cnm4j.spi.store.Entry;
import io.cnm4j.spi.store.KeyValueStore;
import io.cnm4j.spi.store.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Records as JSON in a store. Thread-safe. */
final class ServedRecords {
    private final KeyValueStore store;

    ServedRecords(KeyValueStore store) {
        this.store = store;
    }

    <T> List<T> all(String prefix, Function<Fields, T> read) {
        var records = new ArrayList<T>();
        for (Entry entry : store.list(prefix)) {
            try {
                records.add(read.apply(Json.read(entry.value())));
            } catch (BadMessageException unreadable) {
                throw new StoreException(
                        "record '" + entry.key() + "' cannot be read: " + unreadable.getMessage()
                                + "; it was written by another program or a newer version",
                        unreadable);
            }
        }
        return records;
    }

    void put(String key, Map<String, Object> record) {
        store.commit(List.of(new Write.Put(key, Json.write(record), Write.ANY)));
    }

    void remove(List<String> keys) {
        if (!keys.isEmpty()) {
            store.commit(keys.stream()
                    .<Write>map(key -> new Write.Delete(key, Write.ANY))
                    .toList());
        }
    }
}
