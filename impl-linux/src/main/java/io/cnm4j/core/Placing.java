package io.cnm4j.core;

import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.error.ExhaustedException;
import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.core.Gateways.Candidate;
import io.cnm4j.core.ledger.EndpointRecord;
import io.cnm4j.core.ledger.EndpointRecord.Joined;
import io.cnm4j.core.ledger.NetworkRecord;
import io.cnm4j.core.ledger.SandboxRecord;
import io.cnm4j.core.ports.EphemeralPorts;
import io.cnm4j.spi.driver.Attachment;
import io.cnm4j.spi.driver.NetworkState;
import io.cnm4j.spi.driver.Placement;
import io.cnm4j.spi.driver.PlacementDriver;
import io.cnm4j.spi.plan.Plan;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Finds an endpoint its place in a sandbox: whether it may be there, its interface's name, who is the gateway then. */
final class Placing {
    private final Engine engine;
    private final Compose compose;

    Placing(Engine engine) {
        this.engine = engine;
        this.compose = engine.compose;
    }

    /**
     * Where an endpoint is to be in its sandbox, before its part as gateway and its ports are known.
     *
     * @param endpoint the endpoint, without these
     * @param network its network
     * @param sandbox its sandbox
     * @param there the endpoints that are in it
     * @param attachment what the driver wants for it
     * @param any host ports of which one will do where none in particular is asked for
     */
    record Place(
            EndpointRecord endpoint,
            NetworkRecord network,
            SandboxRecord sandbox,
            Collection<EndpointRecord> there,
            Attachment attachment,
            EphemeralPorts any) {}

    /**
     * An endpoint in its sandbox, and what that means for the kernel.
     *
     * @param endpoint the endpoint
     * @param plan all that it has then
     * @param yielding the endpoints that give something up to it, as they are then
     * @param move what they give up, and what takes the place of that
     * @param ports ports that are taken and given with it
     */
    record Placed(
            EndpointRecord endpoint, Plan plan, List<EndpointRecord> yielding, Move move, Publishing.Shift ports) {
        /** Returns all records that change. */
        List<EndpointRecord> changed() {
            var changed = new ArrayList<>(yielding);
            changed.add(endpoint);
            return changed;
        }

        /** Returns what is made when its beginning is there, before others give something up to it. */
        Plan rest(Plan beginning) {
            return new Plan(plan.ops()
                            .subList(beginning.ops().size(), plan.ops().size()))
                    .without(move.taken().ops());
        }
    }

    /**
     * What several endpoints have at their places in a new sandbox.
     *
     * @param plans all that each of them has then, in the order of their places
     * @param ports ports that are taken with them
     */
    record Together(Map<EndpointRecord, Plan> plans, Publishing.Shift ports) {
        /** Returns the endpoints. */
        List<EndpointRecord> endpoints() {
            return List.copyOf(plans.keySet());
        }
    }

    /** Finds the place; refuses an endpoint that has none. Takes nothing. */
    Place place(EndpointRecord endpoint, NetworkRecord network, SandboxRecord sandbox) {
        return place(endpoint, network, sandbox, engine.parts.ledger().endpointsIn(sandbox.id()));
    }

    /** The same with these endpoints there. */
    Place place(
            EndpointRecord endpoint, NetworkRecord network, SandboxRecord sandbox, Collection<EndpointRecord> there) {
        refuseWrongPlace(network, sandbox, there);
        refuseFull(endpoint, network);
        String name = network.interfacePrefix().isEmpty() ? "" : interfaceName(endpoint, network, sandbox, there);
        Attachment attachment = compose.driverAttachment(endpoint, sandbox.namespace(), name);
        EndpointRecord inside = endpoint.withJoined(Optional.of(new Joined(sandbox.id(), name, List.of(), List.of())));
        var all = new ArrayList<>(there);
        all.add(inside);
        return new Place(inside, network, sandbox, there, attachment, engine.publishing.any(all));
    }

    /**
     * Says what the endpoint has at its place and what others yield to it, and takes the ports. Asks the host nothing.
     *
     * @param avoid ports that another program has
     */
    Placed placed(Place place, Set<Integer> avoid) {
        var candidates = new ArrayList<Candidate>();
        place.there().forEach(other -> candidates.add(candidate(other)));
        candidates.add(new Candidate(
                place.endpoint(), place.network(), compose.defaultFamilies(place.endpoint(), place.attachment())));
        Publishing.Shift ports =
                engine.publishing.shift(place.sandbox(), place.there(), Gateways.among(candidates), place.any(), avoid);
        try {
            return withMoves(place, ports);
        } catch (RuntimeException | Error failure) {
            ports.undo();
            throw failure;
        }
    }

    /**
     * Says what endpoints have that come with a sandbox, and takes the ports. Asks the host nothing.
     *
     * @param places in it, each with those before it there
     * @param avoid ports that another program has
     */
    Together together(SandboxRecord sandbox, List<Place> places, Set<Integer> avoid) {
        var candidates = new ArrayList<Candidate>();
        for (Place place : places) {
            candidates.add(new Candidate(
                    place.endpoint(), place.network(), compose.defaultFamilies(place.endpoint(), place.attachment())));
        }
        EphemeralPorts any = places.isEmpty()
                ? EphemeralPorts.NONE
                : places.get(places.size() - 1).any();
        Publishing.Shift ports = engine.publishing.shift(sandbox, List.of(), Gateways.among(candidates), any, avoid);
        try {
            var plans = new LinkedHashMap<EndpointRecord, Plan>();
            for (Place place : places) {
                for (EndpointRecord record : ports.records()) {
                    if (record.id().equals(place.endpoint().id())) {
                        plans.put(record, compose.attachment(record, sandbox, place.attachment()));
                    }
                }
            }
            return new Together(plans, ports);
        } catch (RuntimeException | Error failure) {
            ports.undo();
            throw failure;
        }
    }

    private Placed withMoves(Place place, Publishing.Shift ports) {
        var yielding = new ArrayList<EndpointRecord>();
        Move move = Move.NONE;
        EndpointRecord inside = place.endpoint();
        for (EndpointRecord record : ports.records()) {
            if (record.id().equals(inside.id())) {
                inside = record;
            } else if (!place.there().contains(record)) {
                yielding.add(record);
                move = move.and(moveTo(record, place.sandbox()));
            }
        }
        Plan plan = compose.attachment(inside, place.sandbox(), place.attachment());
        return new Placed(inside, plan, yielding, move.into(plan), ports);
    }

    /** Returns the way from what an endpoint has to what it is to have. */
    Move moveTo(EndpointRecord endpoint, SandboxRecord sandbox) {
        Plan before = engine.claims.plan(Owner.of(endpoint)).orElse(Plan.EMPTY);
        return Move.between(before, compose.attachment(endpoint, sandbox));
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

    /** Who comes too late is told before anything is made; of those who come at once the kernel refuses one. */
    private void refuseFull(EndpointRecord endpoint, NetworkRecord network) {
        NetworkState state = network.state(engine.controller());
        OptionalInt capacity = compose.driver(network).capacity(state);
        if (capacity.isPresent()
                && engine.parts.ledger().endpointCount(network.id()) >= capacity.getAsInt()
                && engine.parts.ledger().endpointsOn(network.id()).stream()
                                .filter(other -> other.joined().isPresent())
                                .count()
                        >= capacity.getAsInt()) {
            throw new ExhaustedException("network '" + network.name() + "' has " + capacity.getAsInt()
                    + " endpoints in sandboxes, the most it can have, so '" + endpoint.name() + "' cannot join; "
                    + compose.driver(network).beyondCapacity(state));
        }
    }

    private String interfaceName( // JN-09
            EndpointRecord endpoint, NetworkRecord network, SandboxRecord sandbox, Collection<EndpointRecord> there) {
        var inUse = new HashSet<String>();
        there.forEach(other -> inUse.add(other.joined().orElseThrow().interfaceName()));
        if (!sandbox.owned() && !sandbox.awaitsNamespace()) {
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
