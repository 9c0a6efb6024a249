package io.cnm4j.spi.driver;

import io.cnm4j.api.model.IpPrefix;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/**
 * All other networks of the same driver and controller, as they are at the moment of the question. There may be many thousands: a
 * driver asks for those it means. Thread-safe.
 */
@FunctionalInterface
public interface Siblings {
    /** There are none. */
    Siblings NONE = Stream::empty;

    /** Returns these. */
    static Siblings of(Collection<NetworkState> networks) {
        List<NetworkState> copy = List.copyOf(networks);
        return copy::stream;
    }

    /** Returns all, in no order: takes as long as they are many. */
    Stream<NetworkState> all();

    /** Returns those with a subnet that overlaps this one. */
    default Stream<NetworkState> overlapping(IpPrefix subnet) {
        return all().filter(network ->
                network.pools().stream().anyMatch(pool -> pool.subnet().overlaps(subnet)));
    }

    /** Returns those whose {@link NetworkState#note} has this entry. */
    default Stream<NetworkState> noting(String key, String value) {
        return all().filter(network -> value.equals(network.note().get(key)));
    }
}
