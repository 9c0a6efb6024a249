package io.cnm4j.core;

import io.cnm4j.api.NetworkId;
import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.error.UnsupportedException;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.NetworkUpdate;
import io.cnm4j.core.ledger.EndpointRecord;
import io.cnm4j.core.ledger.NetworkRecord;
import io.cnm4j.core.ledger.PoolRecord;
import io.cnm4j.spi.driver.NetworkDriver;
import io.cnm4j.spi.driver.NetworkNeeds;
import io.cnm4j.spi.driver.NetworkPool;
import io.cnm4j.spi.driver.NetworkState;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.ipam.Ipam;
import io.cnm4j.spi.plan.LinkOp.SetMtu;
import io.cnm4j.spi.plan.Plan;
import io.cnm4j.spi.plan.Preview;
import io.cnm4j.spi.plan.Preview.Direction;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Networks become other than they were requested, while their endpoints stay. The record is written before the kernel changes: an address of
 * a bridge carries no mark, so that after a crash only the record can say that it is ours. What fails is undone in the kernel first.
 */
final class AlterFlow {
    private final Engine engine;
    private final NetworkFlow networks;

    AlterFlow(Engine engine, NetworkFlow networks) {
        this.engine = engine;
        this.networks = networks;
    }

    void update(NetworkId id, NetworkUpdate update, Deadline deadline) {
        engine.checkOpen();
        try (Turns.Turn turn = turns(id, deadline)) {
            NetworkRecord before = networks.existing(id);
            try {
                NetworkRecord after = asked(before, update);
                if (!after.equals(before)) {
                    make(before, after, deadline);
                }
            } catch (RuntimeException | Error failure) {
                engine.leases.shrink(before);
                throw failure;
            }
        }
    }

    Preview preview(NetworkId id, NetworkUpdate update, Deadline deadline) {
        engine.checkOpen();
        try (Turns.Turn turn = engine.turns.exclusive("network " + id, deadline)) {
            NetworkRecord before = networks.existing(id);
            try {
                List<Plan> steps = steps(alterations(before, asked(before, update)));
                return new Preview(Direction.APPLY, steps.stream().reduce(Plan.EMPTY, Plan::then));
            } finally {
                engine.leases.shrink(before);
            }
        }
    }

    /** Waits for the sandboxes with its endpoints, then for the network: who has a sandbox' turn may wait for a network, never the reverse. */
    private Turns.Turn turns(NetworkId id, Deadline deadline) {
        while (true) {
            Set<String> wanted = sandboxTurns(id);
            Turns.Turn inside = engine.turns.exclusive(wanted, deadline);
            try {
                Turns.Turn own = engine.turns.exclusive("network " + id, deadline);
                if (wanted.containsAll(sandboxTurns(id))) {
                    return () -> {
                        own.close();
                        inside.close();
                    };
                }
                own.close(); // an endpoint joined meanwhile
            } catch (RuntimeException | Error failure) {
                inside.close();
                throw failure;
            }
            inside.close();
        }
    }

    private Set<String> sandboxTurns(NetworkId id) {
        return engine.parts.ledger().endpointsOn(id).stream()
                .flatMap(endpoint -> endpoint.joined().stream())
                .map(joined -> "sandbox " + joined.sandbox())
                .collect(Collectors.toSet());
    }

    // ---- what is asked for

    private NetworkRecord asked(NetworkRecord before, NetworkUpdate update) {
        refuse(before);
        NetworkRecord labelled = before.altered(update.labels().orElse(before.labels()), before.options());
        if (update.mtu().isEmpty() && update.subnets().isEmpty()) {
            return labelled;
        }
        NetworkDriver driver = engine.compose.driver(before);
        NetworkRecord sized = update.mtu().isEmpty()
                ? labelled
                : labelled.altered(
                        labelled.labels(),
                        driver.optionsWithMtu(state(before), update.mtu().getAsInt()));
        NetworkNeeds needs = driver.needs(state(sized)); // refuses what the options cannot be
        return update.subnets().isEmpty() ? sized : grown(sized, update, needs, driver);
    }

    private void refuse(NetworkRecord network) {
        if (engine.isDefault(network) || network.purpose().isPresent()) {
            throw new InvalidRequestException("network '" + network.name()
                    + "' is as the configuration of the controller says; change that and open anew");
        }
        if (engine.isClustered(network.driver())) {
            throw new UnsupportedException(
                    "network '" + network.name()
                            + "' belongs to the cluster: other hosts have planned with it and would not follow; make another one and move the endpoints there");
        }
    }

    private NetworkRecord grown(NetworkRecord network, NetworkUpdate update, NetworkNeeds needs, NetworkDriver driver) {
        Ipam ipam = engine.ipams(network.driver()).get(network.ipam());
        update.subnets().forEach(subnet -> {
            if (!needs.addresses() || !(subnet.family() == Family.IPV4 ? network.ipv4() : network.ipv6())) {
                throw new InvalidRequestException("network '" + network.name() + "' gives no " + subnet.family()
                        + " addresses, but is to get " + subnet.describe() + "; leave it out");
            }
        });
        if (ipam.external() || !ipam.givesAddresses()) {
            throw new UnsupportedException(
                    "network '" + network.name() + "' has its addresses from IPAM driver '" + network.ipam()
                            + "', which is asked for subnets only when a network is made; make one that has them");
        }
        List<PoolRecord> more = engine.leases.grow(network, update.subnets(), needs);
        NetworkRecord after = network.grown(update.subnets(), more);
        NetworkState state = state(after);
        List<NetworkPool> added =
                state.pools().subList(network.pools().size(), after.pools().size());
        driver.admitPools(state, added, networks.context(after));
        return after;
    }

    private NetworkState state(NetworkRecord network) {
        return network.state(engine.controller());
    }

    // ---- what that means

    /** Returns what changes for the network and each of its endpoints that is in a sandbox. */
    private List<Alteration> alterations(NetworkRecord before, NetworkRecord after) {
        var all = new ArrayList<Alteration>();
        all.add(new Alteration(Owner.of(before), engine.compose.network(before), engine.compose.network(after)));
        for (EndpointRecord endpoint : engine.parts.ledger().endpointsOn(before.id())) {
            endpoint.joined()
                    .flatMap(joined -> engine.parts.ledger().sandbox(joined.sandbox())) // a dry run does not keep it
                    .ifPresent(sandbox -> {
                        var change = new Alteration(
                                Owner.of(endpoint),
                                engine.compose.attachment(endpoint, before, sandbox),
                                engine.compose.attachment(endpoint, after, sandbox));
                        all.add(change);
                    });
        }
        return all;
    }

    /** Returns the steps, in parts as large as can be made at once; a bridge is never narrower than a link on it. */
    private static List<Plan> steps(List<Alteration> all) {
        Plan network = all.get(0).steps();
        List<Plan> parts = new ArrayList<>(Claims.groups(all.subList(1, all.size())).stream()
                .map(group -> group.stream().map(Alteration::steps).reduce(Plan.EMPTY, Plan::then))
                .filter(plan -> !plan.isEmpty())
                .toList());
        boolean narrower = network.ops().stream().anyMatch(op -> op instanceof SetMtu set && set.mtu() < set.before());
        parts.add(narrower ? parts.size() : 0, network);
        return parts;
    }

    private void make(NetworkRecord before, NetworkRecord after, Deadline deadline) {
        List<Alteration> all = alterations(before, after);
        List<Plan> steps = steps(all);
        Set<String> shared = new HashSet<>();
        steps.forEach(step -> shared.addAll(Claims.sharedKeys(step)));
        try (Turns.Turn turn = engine.turns.exclusive(shared, deadline)) {
            try {
                all.forEach(one -> engine.claims.take(one.owner(), one.after()));
                engine.parts.ledger().put(after);
                run(steps, before, deadline);
            } catch (RuntimeException | Error failure) {
                all.forEach(one -> engine.claims.take(one.owner(), one.before()));
                throw failure;
            }
        }
    }

    private void run(List<Plan> steps, NetworkRecord before, Deadline deadline) {
        Deque<Plan> done = new ArrayDeque<>(); // newest first
        try {
            for (Plan step : steps) {
                engine.parts.executor().apply(step, deadline);
                done.push(step);
            }
        } catch (RuntimeException | Error failure) {
            undo(done, before, failure);
            throw failure;
        }
    }

    /** The kernel first: while it has more than before, the record says so. */
    private void undo(Deque<Plan> done, NetworkRecord before, Throwable failure) {
        boolean interrupted = Thread.interrupted();
        var problems = new Failures();
        done.forEach(step ->
                problems.attempt(() -> engine.parts.executor().remove(step, Deadline.after(Engine.UNDO_LIMIT))));
        problems.attempt(() -> engine.parts.ledger().takeBack(before));
        try {
            problems.throwFirst();
        } catch (RuntimeException | Error also) {
            failure.addSuppressed(also);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
