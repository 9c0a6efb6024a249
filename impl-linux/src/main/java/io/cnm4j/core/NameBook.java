package io.cnm4j.core;

import io.cnm4j.core.ledger.EndpointRecord;
import io.cnm4j.core.ledger.NetworkRecord;
import io.cnm4j.core.ledger.SandboxRecord;
import io.cnm4j.core.names.NameDirectory;
import io.cnm4j.core.names.Registration;
import io.cnm4j.core.names.SandboxNames;
import io.cnm4j.core.names.Zone;
import java.util.Collection;

/** Keeps the names that name servers answer with as the records are. Told after each commit; thread-safe. */
final class NameBook {
    private final NameDirectory names;
    private final Compose compose;
    private final Naming naming;
    private final ControllerParts parts;

    NameBook(ControllerParts parts, Compose compose) {
        this.parts = parts;
        this.names = parts.names();
        this.compose = compose;
        this.naming = compose.naming();
    }

    private Zone zone(EndpointRecord endpoint) {
        NetworkRecord network = compose.network(endpoint);
        return names.zone(network.id(), network.name());
    }

    /** A sandbox is there, with the endpoints that its records have. */
    void opened(SandboxRecord sandbox) {
        opening(sandbox, parts.ledger().endpointsIn(sandbox.id())).run();
    }

    /** Returns the news that a sandbox is there with these endpoints, worked out before it is. */
    Runnable opening(SandboxRecord sandbox, Collection<EndpointRecord> endpoints) {
        if (sandbox.shares().isPresent()) {
            return () -> {}; // it finds what the other finds
        }
        SandboxNames view = naming.view(sandbox, endpoints);
        return () -> {
            endpoints.forEach(endpoint -> register(endpoint, sandbox));
            names.set(sandbox.namespace(), view);
        };
    }

    private void register(EndpointRecord endpoint, SandboxRecord sandbox) {
        if (hasNames(endpoint, sandbox)) {
            zone(endpoint).add(Naming.registration(endpoint, sandbox));
        }
    }

    private static boolean hasNames(EndpointRecord endpoint, SandboxRecord sandbox) {
        return endpoint.wayOutOf().isEmpty() && sandbox.isFound(); // the controller's own have no names, GW-09
    }

    /**
     * Returns the news that an endpoint is in a sandbox, worked out before it is.
     *
     * @param endpoints all that are in it then
     */
    Runnable joining(EndpointRecord endpoint, SandboxRecord sandbox, Collection<EndpointRecord> endpoints) {
        Registration registration = Naming.registration(endpoint, sandbox);
        SandboxNames view = naming.view(sandbox, endpoints);
        return () -> {
            if (hasNames(endpoint, sandbox)) {
                zone(endpoint).add(registration);
            }
            names.set(sandbox.namespace(), view);
        };
    }

    /** An endpoint is in a sandbox no more. */
    void left(EndpointRecord endpoint, SandboxRecord sandbox) {
        zone(endpoint).remove(Naming.registration(endpoint, sandbox));
        names.set(sandbox.namespace(), naming.view(sandbox));
    }

    /** A sandbox, or its endpoints, are called otherwise. */
    void renamed(
            SandboxRecord before,
            Collection<EndpointRecord> endpointsBefore,
            SandboxRecord after,
            Collection<EndpointRecord> endpointsAfter) {
        endpointsBefore.forEach(endpoint -> zone(endpoint).remove(Naming.registration(endpoint, before)));
        endpointsAfter.forEach(endpoint -> register(endpoint, after));
        names.set(after.namespace(), naming.view(after));
    }

    /** A sandbox is gone with its endpoints. */
    void gone(SandboxRecord sandbox, Collection<EndpointRecord> endpoints) {
        endpoints.forEach(endpoint -> zone(endpoint).remove(Naming.registration(endpoint, sandbox)));
        if (sandbox.shares().isEmpty()) {
            names.forget(sandbox.namespace());
        }
    }

    /** A network is gone. */
    void gone(NetworkRecord network) {
        names.forget(network.id());
    }
}
