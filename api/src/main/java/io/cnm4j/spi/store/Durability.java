package io.cnm4j.spi.store;

/** What a returned commit survives. */
public enum Durability {
    /**
     * The end of the process, however it comes. What was written before the machine started last is void: it spoke of kernel
     * objects that are gone, and is not returned.
     */
    PROCESS_END,
    /** The end of the process and the loss of power. */
    POWER_LOSS
}
