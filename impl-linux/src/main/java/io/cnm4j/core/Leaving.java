package io.cnm4j.core;

import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.error.KernelException;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.PortMapping;
import io.cnm4j.core.ledger.EndpointRecord;
import io.cnm4j.core.ledger.EndpointRecord.Joined;
import io.cnm4j.core.ledger.SandboxRecord;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.plan.Plan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An endpoint leaves its sandbox; those that stay take over as gateway, with default routes and published ports. */
final class Leaving {
    private static final Logger LOG = LoggerFactory.getLogger(Leaving.class);

    private final Engine engine;
    private final SandboxFlow sandboxes;

    Leaving(Engine engine, SandboxFlow sandboxes) {
        this.engine = engine;
        this.sandboxes = sandboxes;
    }

    /** Takes the endpoint out of its sandbox, and deletes it if asked. */
    void takeOut(EndpointRecord endpoint, SandboxRecord sandbox, boolean andDelete, Deadline deadline) {
        Map<EndpointRecord, List<Family>> heirs = heirs(endpoint, sandbox);
        var inheriting = new LinkedHashMap<EndpointRecord, List<Family>>();
        Plan plan = engine.compose.attachment(endpoint, sandbox);
        try {
            heirs.forEach((heir, families) -> inheriting.put(inheriting(heir, families, endpoint, sandbox), families));
            engine.remove(
                    Owner.of(endpoint),
                    plan,
                    () -> {
                        inheriting.forEach((heir, families) -> takeOver(heir, sandbox, families, deadline));
                        settle(endpoint, inheriting.keySet(), andDelete);
                    },
                    deadline);
        } catch (RuntimeException | Error failure) {
            inheriting.keySet().forEach(heir -> releaseNew(heir, heirs.keySet(), sandbox));
            throw failure;
        }
        inheriting
                .keySet()
                .forEach(heir -> engine.claims.take(Owner.of(heir), engine.compose.attachment(heir, sandbox)));
        if (andDelete) {
            sandboxes.forget(endpoint);
        } else {
            engine.publishing.release(endpoint);
        }
    }

    /** Gives back the ports that an heir got and did not have before. */
    private void releaseNew(EndpointRecord heir, Set<EndpointRecord> before, SandboxRecord sandbox) {
        List<PortMapping> had = before.stream()
                .filter(one -> one.id().equals(heir.id()))
                .flatMap(one -> one.joined().orElseThrow().ports().stream())
                .toList();
        List<PortMapping> fresh = heir.joined().orElseThrow().ports().stream()
                .filter(mapping -> !had.contains(mapping))
                .toList();
        engine.publishing.release(heir, sandbox, fresh);
    }

    /** Gives an heir its default routes. If its link is damaged that is no reason to stay: a check names what is missing. */
    private void takeOver(EndpointRecord heir, SandboxRecord sandbox, List<Family> families, Deadline deadline) {
        try {
            engine.parts.executor().ensure(engine.compose.takeOver(heir, sandbox, families), deadline);
        } catch (KernelException | ConflictException damage) {
            LOG.warn("endpoint '{}' could not take over as gateway; repair it", heir.name(), damage);
        }
    }

    private void settle(EndpointRecord left, Set<EndpointRecord> inheriting, boolean andDelete) {
        var changed = new ArrayList<>(inheriting);
        if (!andDelete) {
            changed.add(left.withJoined(Optional.empty()));
        }
        engine.parts.ledger().change(changed, andDelete ? List.of(left) : List.of());
    }

    /** Returns who becomes gateway in place of the endpoint that leaves: the first by network name that can. LV-02 */
    private Map<EndpointRecord, List<Family>> heirs(EndpointRecord leaving, SandboxRecord sandbox) {
        var heirs = new LinkedHashMap<EndpointRecord, List<Family>>();
        for (Family family : leaving.joined().orElseThrow().gatewayFor()) {
            sandboxes.endpoints(sandbox.id()).stream()
                    .filter(other -> !other.id().equals(leaving.id()))
                    .filter(other -> engine.compose.gateways(other).stream().anyMatch(g -> g.family() == family))
                    .findFirst()
                    .ifPresent(heir ->
                            heirs.computeIfAbsent(heir, h -> new ArrayList<>()).add(family));
        }
        return heirs;
    }

    private EndpointRecord inheriting(
            EndpointRecord heir, List<Family> families, EndpointRecord leaving, SandboxRecord sandbox) {
        Joined joined = heir.joined().orElseThrow();
        var all = new ArrayList<Family>(joined.gatewayFor());
        all.addAll(families);
        var next = new Joined(joined.sandbox(), joined.interfaceName(), List.copyOf(all), joined.ports());
        EndpointRecord gateway = heir.withJoined(Optional.of(next));
        List<EndpointRecord> staying = sandboxes.endpoints(sandbox.id()).stream()
                .filter(other -> !other.id().equals(leaving.id()))
                .toList();
        var ports = new ArrayList<>(joined.ports());
        ports.addAll(engine.publishing.take(
                gateway, sandbox, staying, leaving.joined().orElseThrow().ports(), Set.of()));
        return heir.withJoined(Optional.of(next.withPorts(List.copyOf(ports))));
    }
}
