package io.cnm4j.core;

import io.cnm4j.api.model.ContainerPorts;
import io.cnm4j.api.model.PublishedPort;
import io.cnm4j.core.ledger.EndpointRecord;
import io.cnm4j.core.ledger.Ledger;
import io.cnm4j.core.ledger.NetworkRecord;
import io.cnm4j.spi.driver.PortPublisher;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.Plan;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** What links of endpoints mean while both ends are in a sandbox. Pure: the same records mean the same. */
final class Linking {
    private final Ledger ledger;
    private final Compose compose;

    Linking(Ledger ledger, Compose compose) {
        this.ledger = ledger;
        this.compose = compose;
    }

    /** Tells whether links mean anything to sandboxes on a network: a line of a hosts file, or an opening. */
    boolean matter(NetworkRecord network) {
        return !network.resolution()
                || (compose.driver(network) instanceof PortPublisher publisher
                        && publisher.opensLinks(network.state(ledger.controller())));
    }

    /** Returns the endpoints that an endpoint means by this name, ordered by theirs. */
    List<EndpointRecord> meant(EndpointRecord endpoint, String name) {
        return ledger.endpointsOn(endpoint.network()).stream()
                .filter(other -> other.joined().isPresent() && isCalled(other, name))
                .sorted(Comparator.comparing(EndpointRecord::name))
                .toList();
    }

    /** Returns the endpoints with a link that means this one. */
    Stream<EndpointRecord> linkingTo(EndpointRecord endpoint) {
        return ledger.linkingOn(endpoint.network()).stream()
                .filter(other -> other.called().links().values().stream().anyMatch(name -> isCalled(endpoint, name)));
    }

    /** Tells whether an endpoint has this name or alias. */
    private static boolean isCalled(EndpointRecord endpoint, String name) {
        return endpoint.name().equalsIgnoreCase(name)
                || endpoint.called().aliases().stream().anyMatch(name::equalsIgnoreCase);
    }

    /** Returns what lets these endpoints reach those to which they link. */
    List<KernelOp> openings(Collection<EndpointRecord> endpoints) {
        return endpoints.stream()
                .flatMap(endpoint -> endpoint.called().links().values().stream()
                        .distinct()
                        .flatMap(name -> meant(endpoint, name).stream())
                        .distinct()
                        .filter(other -> !other.id().equals(endpoint.id()))
                        .flatMap(other -> opening(endpoint, other).ops().stream()))
                .toList();
    }

    private Plan opening(EndpointRecord from, EndpointRecord to) {
        NetworkRecord network = compose.network(from);
        List<ContainerPorts> ports = Stream.concat(
                        to.called().expose().stream(), to.publish().stream().map(PublishedPort::container))
                .distinct()
                .toList();
        return !ports.isEmpty() && compose.driver(network) instanceof PortPublisher publisher
                ? publisher.planLink(network.state(ledger.controller()), from.state(), to.state(), ports)
                : Plan.EMPTY;
    }
}
