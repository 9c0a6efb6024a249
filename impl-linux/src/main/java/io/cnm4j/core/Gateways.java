package io.cnm4j.core;

import io.cnm4j.api.model.Family;
import io.cnm4j.core.ledger.EndpointRecord;
import io.cnm4j.core.ledger.NetworkRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * Who of a sandbox' endpoints gives it which default route, for each family by itself: of those that can, the one with the highest
 * priority; of equals one whose network is not internal, one that serves more families, the first by network name. GW-01, GW-02
 */
final class Gateways {
    private static final Comparator<Candidate> ORDER = Comparator.comparing(
                    (Candidate c) -> c.endpoint.wayOutOf().isPresent()) // it goes as soon as there is another, GW-09
            .thenComparing(c -> c.endpoint.gatewayPriority(), Comparator.reverseOrder())
            .thenComparing(c -> c.network.internal())
            .thenComparing(c -> c.families.size(), Comparator.reverseOrder())
            .thenComparing(c -> c.network.name())
            .thenComparing(c -> c.endpoint.name());

    private Gateways() {}

    /**
     * An endpoint that is in the sandbox.
     *
     * @param endpoint the endpoint
     * @param network its network
     * @param families those of which it has a default route to give
     */
    record Candidate(EndpointRecord endpoint, NetworkRecord network, List<Family> families) {}

    /** Returns the endpoints as they are when they share the part as they should. */
    static List<EndpointRecord> among(Collection<Candidate> candidates) {
        List<Candidate> ordered = candidates.stream().sorted(ORDER).toList();
        var after = new ArrayList<EndpointRecord>();
        for (Candidate candidate : ordered) {
            List<Family> part = candidate.families.stream()
                    .filter(family -> first(ordered, family).equals(candidate))
                    .sorted()
                    .toList();
            EndpointRecord endpoint = candidate.endpoint;
            boolean same = endpoint.joined().orElseThrow().gatewayFor().equals(part);
            after.add(same ? endpoint : endpoint.asGatewayFor(part));
        }
        return after;
    }

    private static Candidate first(List<Candidate> ordered, Family family) {
        return ordered.stream()
                .filter(candidate -> candidate.families.contains(family))
                .findFirst()
                .orElseThrow();
    }
}
