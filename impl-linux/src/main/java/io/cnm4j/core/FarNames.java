package io.cnm4j.core;

import io.cnm4j.api.EndpointId;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.core.ledger.ClusterEndpoint;
import io.cnm4j.core.ledger.NetworkRecord;
import io.cnm4j.core.names.NameDirectory;
import io.cnm4j.core.names.Registration;
import io.cnm4j.core.names.Zone;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What endpoints on other hosts are called, as name servers here answer. Told in the order of the changes, never by two at once. DS-12 */
final class FarNames {
    private final NameDirectory names;
    private final Map<EndpointId, Registration> known = new HashMap<>();

    FarNames(NameDirectory names) {
        this.names = names;
    }

    /** An endpoint of another host came, changed or went. */
    void told(NetworkRecord network, ClusterEndpoint endpoint, boolean there) {
        Zone zone = names.zone(network.id(), network.name());
        Optional<Registration> before = Optional.ofNullable(known.remove(endpoint.id()));
        Optional<Registration> now = Optional.of(endpoint)
                .filter(told -> there && !told.names().isEmpty())
                .map(FarNames::registration);
        now.ifPresent(registration -> known.put(endpoint.id(), registration));
        if (!now.equals(before)) {
            before.ifPresent(zone::remove);
            now.ifPresent(zone::add);
        }
    }

    private static Registration registration(ClusterEndpoint endpoint) {
        return new Registration(
                endpoint.id().value(),
                endpoint.names(),
                endpoint.addresses().stream().map(IpPrefix::address).toList(),
                endpoint.services());
    }
}
