package io.cnm4j.core.ledger;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A commit that is being prepared: its records are encoded when there is time for that, or else when they are committed. For one thread. */
public final class Draft {
    private final List<?> records;
    private final Consumer<List<byte[]>> commit;
    private @Nullable List<byte[]> octets;

    Draft(List<?> records, Consumer<List<byte[]>> commit) {
        this.records = records;
        this.commit = commit;
    }

    /** Encodes the records. */
    public void encode() {
        encoded();
    }

    private List<byte[]> encoded() {
        List<byte[]> known = octets;
        if (known == null) {
            known = records.stream().map(RecordCodec::encode).toList();
            octets = known;
        }
        return known;
    }

    /**
     * Writes them.
     *
     * @throws io.cnm4j.api.error.StoreException if the store refuses, as the ledger's own methods do
     */
    public void commit() {
        commit.accept(encoded());
    }
}
