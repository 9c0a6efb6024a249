package io.cnm4j.spi.store;

import io.cnm4j.api.error.StoreException;

/** Somebody else wrote the entry first: read it again. Nothing of the commit was carried out. */
public class StaleWriteException extends StoreException {
    private static final long serialVersionUID = 1;

    private final String key;

    /**
     * @param key the entry
     * @param expected the revision the write expected
     * @param found the revision the entry has, 0 if it does not exist
     */
    public StaleWriteException(String key, long expected, long found) {
        super("'" + key + "' has revision " + found + ", the write expected " + expected
                + "; read it again and repeat");
        this.key = key;
    }

    /** Returns the entry. */
    public String key() {
        return key;
    }
}
