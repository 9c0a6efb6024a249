package io.cnm4j.core.names;

/** A network's name and the names on it. Thread-safe: readers see one table or the next. */
public final class Zone {
    private final String network;
    private volatile NameTable table = NameTable.EMPTY;

    /** Makes the zone of a network without names. */
    public Zone(String network) {
        this.network = Registration.plain(network);
    }

    /** Returns the network's name, in lower case. */
    public String network() {
        return network;
    }

    /** Returns the names as they are now. */
    public NameTable table() {
        return table;
    }

    /** Adds an endpoint. */
    public synchronized void add(Registration endpoint) {
        table = table.with(endpoint);
    }

    /** Takes an endpoint away. */
    public synchronized void remove(Registration endpoint) {
        table = table.without(endpoint);
    }
}
