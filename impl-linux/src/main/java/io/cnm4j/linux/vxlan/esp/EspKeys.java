package io.cnm4j.linux.vxlan.esp;

import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.model.IpAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The keys of an endpoint: one to send with for each other endpoint, and any number that it may send with. To rotate: add the new
 * key where it is received, then send with it, then drop the old one. Immutable.
 */
public final class EspKeys {
    /** No keys: an encrypted endpoint that sends nothing and takes nothing. */
    public static final EspKeys NONE = new EspKeys(Map.of(), List.of());

    private final Map<IpAddress, EspKey> sending;
    private final List<Received> receiving;

    /**
     * A key that is taken.
     *
     * @param from who may use it
     * @param key the key
     */
    public record Received(IpAddress from, EspKey key) {}

    private EspKeys(Map<IpAddress, EspKey> sending, List<Received> receiving) {
        this.sending = Map.copyOf(sending);
        this.receiving = List.copyOf(receiving);
    }

    /** Returns these with another key to send with to this endpoint. */
    public EspKeys sendTo(IpAddress peer, EspKey key) {
        var changed = new HashMap<>(sending);
        changed.put(peer, key);
        return new EspKeys(changed, receiving);
    }

    /**
     * Returns these with one more key that this endpoint may send with.
     *
     * @throws InvalidRequestException if it has one of this SPI
     */
    public EspKeys receiveFrom(IpAddress peer, EspKey key) {
        for (Received each : receiving) {
            if (each.key().spi() == key.spi() && each.from().equals(peer)) {
                throw new InvalidRequestException(each.key() + " is received from " + each.from()
                        + " already; give each key an" + " SPI of its own");
            }
        }
        var changed = new ArrayList<>(receiving);
        changed.add(new Received(peer, key));
        return new EspKeys(sending, changed);
    }

    /** Returns these without the keys of this SPI; absent is fine. */
    public EspKeys without(int spi) {
        var sent = new HashMap<>(sending);
        sent.values().removeIf(key -> key.spi() == spi);
        return new EspKeys(
                sent, receiving.stream().filter(each -> each.key().spi() != spi).toList());
    }

    /** Returns the key to send with, by endpoint. */
    public Map<IpAddress, EspKey> sending() {
        return sending;
    }

    /** Returns the keys that are taken. */
    public List<Received> receiving() {
        return receiving;
    }
}
