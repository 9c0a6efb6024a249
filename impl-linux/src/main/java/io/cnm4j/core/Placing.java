package io.cnm4j.core;

import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.core.Gateways.Candidate;
import io.cnm4j.core.ledger.EndpointRecord;
import io.cnm4j.core.ledger.EndpointRecord.Joined;
import io.cnm4j.core.ledger.NetworkRecord;
import io.cnm4j.core.ledger.SandboxRecord;
import io.cnm4j.spi.driver.Attachment;
import io.cnm4j.spi.driver.Placement;
import io.cnm4j.spi.driver.PlacementDriver;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.KernelOp.AddRoute;
import io.cnm4j.spi.plan.Plan;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/** Finds an endpoint its place in a sandbox: whether it may be there, its interface's name, who is the gateway then. */
final class Placing {
    private final Engine engine;
    private final Compose compose;

    Placing(Engine engine) {
        this.engine = engine;
        this.compose = engine.compose;
    }

    /**
     * An endpoint in its sandbox, and what that means for the kernel.
     *
     * @param endpoint the endpoint
     * @param plan all that it has then
     * @param yielding the endpoints that give their default route up to it, as they are then
     * @param taken the part of the plan that takes the place of what they have
     * @param given what they have and give up
     */
    record Placed(EndpointRecord endpoint, Plan plan, List<EndpointRecord> yielding, Plan taken, Plan given) {
        /** Returns all records that change. */
        List<EndpointRecord> changed() {
            var changed = new ArrayList<>(yielding);
            changed.add(endpoint);
            return changed;
        }
    }

    Placed placed(EndpointRecord endpoint, NetworkRecord network, SandboxRecord sandbox) {
        Collection<EndpointRecord> there = engine.parts.ledger().endpointsIn(sandbox.id());
        refuseWrongPlace(network, sandbox, there);
        String name = network.interfacePrefix().isEmpty() ? "" : interfaceName(endpoint, network, sandbox, there);
        Attachment attachment = compose.driverAttachment(endpoint, sandbox.namespace(), name);
        EndpointRecord inside = endpoint.withJoined(Optional.of(new Joined(sandbox.id(), name, List.of())));

        var candidates = new ArrayList<Candidate>();
        there.forEach(other -> candidates.add(candidate(other)));
        candidates.add(new Candidate(inside, network, compose.defaultFamilies(endpoint, attachment)));
        var yielding = new ArrayList<EndpointRecord>();
        for (EndpointRecord changed : Gateways.changed(candidates)) {
            if (changed.id().equals(inside.id())) {
                inside = changed;
            } else {
                yielding.add(changed);
            }
        }
        return withMoves(inside, sandbox, attachment, yielding);
    }

    private Placed withMoves(
            EndpointRecord inside, SandboxRecord sandbox, Attachment attachment, List<EndpointRecord> yielding) {
        Plan plan = compose.attachment(inside, sandbox, attachment);
        Plan given = Plan.EMPTY;
        for (EndpointRecord other : yielding) {
            Plan before = engine.claims.plan(Owner.of(other)).orElse(Plan.EMPTY);
            given = given.then(before.without(compose.attachment(other, sandbox).ops()));
        }
        Plan before = given;
        Plan taken = plan.filter(op -> before.ops().stream().anyMatch(old -> isInPlaceOf(op, old)));
        return new Placed(inside, plan, yielding, taken, given);
    }

    private static boolean isInPlaceOf(KernelOp op, KernelOp old) {
        return op instanceof AddRoute route
                && old instanceof AddRoute other
                && route.route().destination().equals(other.route().destination());
    }

    Candidate candidate(EndpointRecord endpoint) {
        return new Candidate(endpoint, compose.network(endpoint), compose.defaultFamilies(endpoint));
    }

    private Optional<Placement> placement(NetworkRecord network) {
        return compose.driver(network) instanceof PlacementDriver driver
                ? Optional.of(driver.placement())
                : Optional.empty();
    }

    private void refuseWrongPlace(NetworkRecord network, SandboxRecord sandbox, Collection<EndpointRecord> there) {
        String container = "sandbox of container '" + sandbox.containerId() + "' ";
        if (sandbox.shares().isPresent()) { // EG-12
            throw new InvalidRequestException(container + "shares the namespace of sandbox "
                    + sandbox.shares().orElseThrow().shortForm() + "; connect that one");
        }
        Optional<Placement> wanted = placement(network);
        boolean wantsHost = wanted.equals(Optional.of(Placement.HOST));
        if (sandbox.inHost() && !wantsHost) { // HN-04
            throw new InvalidRequestException(container + "is in the host's namespace, which network '" + network.name()
                    + "' is not for; make one with a namespace of its own");
        } else if (!sandbox.inHost() && wantsHost) {
            throw new InvalidRequestException(container + "has a namespace of its own, but network '" + network.name()
                    + "' is the host's; make a sandbox with hostNamespace");
        }
        for (EndpointRecord other : there) {
            NetworkRecord first = compose.network(other);
            if (wanted.isPresent() || placement(first).isPresent()) {
                throw new ConflictException(container + "is on network '" + first.name() + "', so it cannot join '"
                        + network.name() + "': a network of driver 'host' or 'none' is a sandbox' only one");
            }
        }
    }

    private String interfaceName( // JN-09
            EndpointRecord endpoint, NetworkRecord network, SandboxRecord sandbox, Collection<EndpointRecord> there) {
        var inUse = new HashSet<String>();
        there.forEach(other -> inUse.add(other.joined().orElseThrow().interfaceName()));
        if (!sandbox.owned()) {
            inUse.addAll(
                    engine.parts.namespaces().statistics(sandbox.namespace()).keySet());
        }
        if (endpoint.interfaceWish().isPresent()) {
            String wish = endpoint.interfaceWish().orElseThrow();
            if (inUse.contains(wish)) {
                throw new ConflictException("the sandbox already has an interface '" + wish + "'; choose another name");
            }
            return wish;
        }
        int number = 0;
        while (inUse.contains(network.interfacePrefix() + number)) {
            number++;
        }
        return network.interfacePrefix() + number;
    }
}
