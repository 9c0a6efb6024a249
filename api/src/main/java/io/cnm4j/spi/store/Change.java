package io.cnm4j.spi.store;

import java.util.Optional;

/**
 * A change that was committed.
 *
 * @param key the key it concerns
 * @param value the new octets; absent if the entry was removed
 * @param revision of the commit
 */
public record Change(String key, Optional<byte[]> value, long revision) {}
