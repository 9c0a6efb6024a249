package io.cnm4j.core.sim;

import io.cnm4j.api.EndpointId;
import io.cnm4j.api.NetworkId;
import io.cnm4j.api.error.PluginException;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.spi.driver.AttachPoint;
import io.cnm4j.spi.driver.Attachment;
import io.cnm4j.spi.driver.DriverContext;
import io.cnm4j.spi.driver.EndpointState;
import io.cnm4j.spi.driver.ExternalDriver;
import io.cnm4j.spi.driver.InwardDriver;
import io.cnm4j.spi.driver.NetworkNeeds;
import io.cnm4j.spi.driver.NetworkState;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.plan.Plan;
import io.cnm4j.tck.WriteTap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;

/** A driver whose other side is a set of names that outlives the process; endpoints of networks that lead outside give a default route. */
final class OutsideDriver implements ExternalDriver, InwardDriver {
    /** The option of networks that lead outside. */
    static final String LEADS = "leads";

    private static final String JOINED = "joined"; // a note

    private final Set<String> outside;
    private final WriteTap tap;

    /** @param outside what the other side has */
    OutsideDriver(Set<String> outside, WriteTap tap) {
        this.outside = outside;
        this.tap = tap;
    }

    /** Returns another side that has nothing. */
    static Set<String> nothing() {
        return new ConcurrentSkipListSet<>();
    }

    private void make(String thing) {
        tap.before("make " + thing);
        if (!outside.add(thing)) {
            throw new PluginException("outside", PluginException.Answer.REFUSED, thing + " exists", null);
        }
        tap.after("make " + thing);
    }

    private void remove(String thing) {
        tap.before("remove " + thing);
        outside.remove(thing);
        tap.after("remove " + thing);
    }

    @Override
    public String name() {
        return "outside";
    }

    @Override
    public NetworkNeeds needs(NetworkState network) {
        return new NetworkNeeds(true, true, true, "out");
    }

    @Override
    public NetworkNeeds needs(NetworkState network, Deadline deadline) {
        return needs(network);
    }

    @Override
    public void probe(Deadline deadline) {}

    @Override
    public void createNetwork(NetworkState network, Deadline deadline) {
        make("network " + network.id());
    }

    @Override
    public void deleteNetwork(NetworkId network, Deadline deadline) {
        remove("network " + network);
    }

    @Override
    public Made createEndpoint(
            NetworkState network, EndpointState endpoint, Optional<MacAddress> mac, Deadline deadline) {
        make("endpoint " + endpoint.id());
        return new Made(endpoint.addresses(), mac, Map.of());
    }

    @Override
    public void deleteEndpoint(NetworkId network, EndpointId endpoint, Deadline deadline) {
        remove("endpoint " + endpoint);
    }

    @Override
    public Offer join(NetworkState network, EndpointState endpoint, String sandbox, Deadline deadline) {
        make("joined " + endpoint.id());
        return new Offer(Optional.empty(), "out", Map.of(JOINED, "yes"));
    }

    @Override
    public void leave(NetworkId network, EndpointId endpoint, Deadline deadline) {
        remove("joined " + endpoint);
    }

    @Override
    public void serveAsGateway(NetworkId network, EndpointState endpoint, boolean otherForIpv6, Deadline deadline) {
        tap.before("make serving " + endpoint.id());
        outside.add("serving " + endpoint.id());
        tap.after("make serving " + endpoint.id());
    }

    @Override
    public void serveNoMore(NetworkId network, EndpointId endpoint, Deadline deadline) {
        remove("serving " + endpoint);
    }

    @Override
    public boolean needsWayOut(NetworkState network, EndpointState endpoint) {
        return endpoint.note().containsKey(JOINED);
    }

    @Override
    public Map<String, String> decideNetwork(NetworkState network, DriverContext context) {
        return Map.of();
    }

    @Override
    public Plan planNetwork(NetworkState network) {
        return Plan.EMPTY;
    }

    @Override
    public Map<String, String> decideEndpoint(NetworkState network, EndpointState endpoint, DriverContext context) {
        return endpoint.note();
    }

    @Override
    public Attachment planAttachment(NetworkState network, EndpointState endpoint, AttachPoint point) {
        boolean leads = network.options().containsKey(LEADS);
        return new Attachment(
                Plan.EMPTY,
                network.pools().stream()
                        .filter(pool -> leads)
                        .flatMap(pool -> pool.gateway().stream())
                        .toList(),
                List.of());
    }
}
