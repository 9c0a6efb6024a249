package io.cnm4j.core.ledger;

import io.cnm4j.api.EndpointId;
import io.cnm4j.api.NetworkId;
import io.cnm4j.api.SandboxId;
import io.cnm4j.spi.driver.EndpointState;
import io.cnm4j.spi.driver.NetworkState;
import io.cnm4j.spi.store.Write;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The records in memory, and who belongs to whom. Thread-safe for reads at any time. */
final class RecordIndex {
    private final Map<NetworkId, NetworkRecord> networks = new ConcurrentHashMap<>();
    private final Map<String, DriverNetworks> byDriver = new ConcurrentHashMap<>();
    private final Map<SandboxId, SandboxRecord> sandboxes = new ConcurrentHashMap<>();
    private final Map<EndpointId, EndpointRecord> endpoints = new ConcurrentHashMap<>();
    private final Map<NetworkId, Map<EndpointId, EndpointRecord>> byNetwork = new ConcurrentHashMap<>();
    private final Map<NetworkId, Map<EndpointId, EndpointRecord>> linking = new ConcurrentHashMap<>();
    private final Map<SandboxId, Map<EndpointId, EndpointRecord>> bySandbox = new ConcurrentHashMap<>();
    private final Map<SandboxId, Map<SandboxId, SandboxRecord>> sharing = new ConcurrentHashMap<>();
    private final Map<NetworkId, Map<String, Integer>> places = new ConcurrentHashMap<>(); // endpoints at each
    private final Map<String, Long> revisions = new ConcurrentHashMap<>();

    Collection<NetworkRecord> networks() {
        return List.copyOf(networks.values());
    }

    Optional<NetworkRecord> network(NetworkId id) {
        return Optional.ofNullable(networks.get(id));
    }

    DriverNetworks networksOf(String driver) {
        return byDriver.computeIfAbsent(driver, name -> new DriverNetworks());
    }

    Collection<SandboxRecord> sandboxes() {
        return List.copyOf(sandboxes.values());
    }

    Optional<SandboxRecord> sandbox(SandboxId id) {
        return Optional.ofNullable(sandboxes.get(id));
    }

    Collection<SandboxRecord> sandboxesSharing(SandboxId id) {
        return List.copyOf(sharing.getOrDefault(id, Map.of()).values());
    }

    Collection<EndpointRecord> endpoints() {
        return List.copyOf(endpoints.values());
    }

    Optional<EndpointRecord> endpoint(EndpointId id) {
        return Optional.ofNullable(endpoints.get(id));
    }

    Collection<EndpointRecord> endpointsOn(NetworkId network) {
        return List.copyOf(byNetwork.getOrDefault(network, Map.of()).values());
    }

    int endpointCount(NetworkId network) {
        return byNetwork.getOrDefault(network, Map.of()).size();
    }

    Collection<EndpointRecord> linkingOn(NetworkId network) {
        return List.copyOf(linking.getOrDefault(network, Map.of()).values());
    }

    Collection<EndpointRecord> endpointsIn(SandboxId sandbox) {
        return List.copyOf(bySandbox.getOrDefault(sandbox, Map.of()).values());
    }

    int endpointsAt(NetworkId network, String place) {
        return places.getOrDefault(network, Map.of()).getOrDefault(place, 0);
    }

    private void count(@Nullable EndpointRecord endpoint, int more) {
        String place = endpoint == null ? null : endpoint.note().get(EndpointState.PLACE);
        if (endpoint != null && place != null) {
            places.computeIfAbsent(endpoint.network(), network -> new ConcurrentHashMap<>())
                    .merge(place, more, Integer::sum);
        }
    }

    long revision(String id) {
        return revisions.getOrDefault(id, Write.ABSENT);
    }

    /** Notes the new revision of a record that was written again as it is; of one that is not there it has none. */
    void revised(String id, long revision) {
        revisions.computeIfPresent(id, (same, before) -> revision);
    }

    void put(NetworkRecord network, NetworkState state, long revision) {
        revisions.put(network.id().value(), revision);
        networksOf(network.driver()).put(state);
        networks.put(network.id(), network);
    }

    void remove(NetworkRecord network) {
        networks.remove(network.id());
        networksOf(network.driver()).remove(network.id());
        byNetwork.remove(network.id());
        places.remove(network.id());
        linking.remove(network.id());
        revisions.remove(network.id().value());
    }

    void put(SandboxRecord sandbox, long revision) {
        revisions.put(sandbox.id().value(), revision);
        sandboxes.put(sandbox.id(), sandbox);
        sandbox.shares()
                .ifPresent(other -> sharing.computeIfAbsent(other, o -> new ConcurrentHashMap<>())
                        .put(sandbox.id(), sandbox));
    }

    void remove(SandboxRecord sandbox) {
        sandboxes.remove(sandbox.id());
        sharing.remove(sandbox.id());
        sandbox.shares().map(sharing::get).ifPresent(others -> others.remove(sandbox.id()));
        bySandbox.remove(sandbox.id());
        revisions.remove(sandbox.id().value());
    }

    void put(EndpointRecord endpoint, long revision) {
        revisions.put(endpoint.id().value(), revision);
        unlink(endpoints.put(endpoint.id(), endpoint));
        count(endpoint, 1);
        byNetwork
                .computeIfAbsent(endpoint.network(), network -> new ConcurrentHashMap<>())
                .put(endpoint.id(), endpoint);
        if (!endpoint.called().links().isEmpty()) {
            linking.computeIfAbsent(endpoint.network(), network -> new ConcurrentHashMap<>())
                    .put(endpoint.id(), endpoint);
        }
        endpoint.joined()
                .ifPresent(joined -> bySandbox
                        .computeIfAbsent(joined.sandbox(), sandbox -> new ConcurrentHashMap<>())
                        .put(endpoint.id(), endpoint));
    }

    void remove(EndpointRecord endpoint) {
        unlink(endpoints.remove(endpoint.id()));
        for (var networks : List.of(byNetwork, linking)) {
            Map<EndpointId, EndpointRecord> siblings = networks.get(endpoint.network());
            if (siblings != null) {
                siblings.remove(endpoint.id());
            }
        }
        revisions.remove(endpoint.id().value());
    }

    private void unlink(@Nullable EndpointRecord old) {
        count(old, -1);
        if (old != null && old.joined().isPresent()) {
            Map<EndpointId, EndpointRecord> there =
                    bySandbox.get(old.joined().orElseThrow().sandbox());
            if (there != null) {
                there.remove(old.id());
            }
        }
    }
}
