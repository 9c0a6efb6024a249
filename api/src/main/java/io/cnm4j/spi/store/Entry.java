package io.cnm4j.spi.store;

/**
 * A stored value.
 *
 * @param key its key
 * @param value its octets; not to be changed by whoever gets them
 * @param revision of the commit that wrote it, positive
 */
@SuppressWarnings("ArrayRecordComponent") // octets from the store, compared by nobody
public record Entry(String key, byte[] value, long revision) {}
