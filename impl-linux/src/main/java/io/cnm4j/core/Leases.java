package io.cnm4j.core;

import io.cnm4j.api.NetworkId;
import io.cnm4j.api.error.CnmException;
import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.error.ExhaustedException;
import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.SubnetRequest;
import io.cnm4j.api.model.SubnetUse;
import io.cnm4j.core.ledger.EndpointRecord;
import io.cnm4j.core.ledger.Ledger;
import io.cnm4j.core.ledger.NetworkRecord;
import io.cnm4j.core.ledger.PoolRecord;
import io.cnm4j.core.registry.Named;
import io.cnm4j.spi.driver.NetworkNeeds;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.host.HostView;
import io.cnm4j.spi.host.UsedSubnets;
import io.cnm4j.spi.ipam.AddressPoolLease;
import io.cnm4j.spi.ipam.AddressRequest;
import io.cnm4j.spi.ipam.AddressRequest.Purpose;
import io.cnm4j.spi.ipam.Ipam;
import io.cnm4j.spi.ipam.PoolRequest;
import io.cnm4j.spi.ipam.PoolState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What is leased: derived from the records at open, plus what is in flight. Thread-safe. */
final class Leases {
    private final Function<String, Named<Ipam>> ipams; // by driver
    private final HostView host;
    private final Ledger ledger;
    private final Map<NetworkId, NetworkRecord> unplaced =
            new ConcurrentHashMap<>(); // of the cluster, not restored yet
    private final Map<NetworkId, List<AddressPoolLease>> pools = new ConcurrentHashMap<>();

    Leases(Function<String, Named<Ipam>> ipams, HostView host, Ledger ledger) {
        this.ipams = ipams;
        this.host = host;
        this.ledger = ledger;
    }

    /** Takes back what a network's record speaks of. */
    void restore(NetworkRecord network) {
        var leases = new ArrayList<AddressPoolLease>();
        try {
            for (PoolRecord pool : network.pools()) {
                AddressPoolLease lease =
                        ipams.apply(network.driver()).get(network.ipam()).restorePool(pool.state());
                leases.add(lease);
                pool.gateway().ifPresent(lease::restore);
                pool.auxiliary().values().forEach(lease::restore);
            }
        } catch (RuntimeException | Error failure) {
            leases.forEach(AddressPoolLease::close);
            throw failure;
        }
        pools.put(network.id(), leases);
    }

    /** Takes what a network of the cluster has, if it is not known here yet. */
    void learn(NetworkRecord network) {
        if (pools.containsKey(network.id())) {
            return;
        }
        try {
            restore(network);
            unplaced.remove(network.id());
        } catch (ConflictException inTheWay) { // of a network that is being made here and will lose the race
            unplaced.put(network.id(), network);
        }
    }

    /** Takes what networks of the cluster have that something was in the way of. */
    void learnRest() {
        List.copyOf(unplaced.values()).forEach(this::learn);
    }

    /** Notes that another host took an address, or gave it back. */
    void seen(NetworkId network, IpAddress address, boolean taken) {
        leases(network, address).stream().findFirst().ifPresent(lease -> {
            if (taken) {
                lease.restore(address);
            } else {
                lease.release(address);
            }
        });
    }

    /** Takes back what an endpoint's record speaks of. */
    void restore(EndpointRecord endpoint) {
        endpoint.addresses()
                .forEach(address -> leases(endpoint.network(), address.address()).stream()
                        .findFirst()
                        .ifPresent(lease -> lease.restore(address.address())));
    }

    /**
     * Takes the subnets of a new network, with gateways and auxiliary addresses; all or nothing.
     *
     * @param given told all pools each time one more is given, before anything else is asked for
     */
    List<PoolRecord> take(
            NetworkRequest request,
            NetworkId id,
            NetworkNeeds needs,
            Consumer<List<PoolState>> given,
            Deadline deadline) {
        if (!needs.addresses()) {
            SubnetWishes.refuse(request);
            pools.put(id, List.of());
            return List.of();
        }
        Ipam ipam = ipams.apply(request.driver()).get(request.ipam()).within(deadline);
        var leases = new ArrayList<AddressPoolLease>();
        try {
            var taken = new ArrayList<PoolRecord>();
            for (SubnetRequest subnet : SubnetWishes.of(request)) {
                AddressPoolLease lease = ipam.requestPool(poolRequest(request.name(), subnet, request.ipamOptions()));
                if (ipam.givesAddresses()) { // IPN-01
                    leases.add(lease);
                    given.accept(leases.stream().map(AddressPoolLease::state).toList());
                    taken.add(inPool(lease.within(deadline), subnet, needs));
                }
            }
            pools.put(id, List.copyOf(leases));
            return List.copyOf(taken);
        } catch (RuntimeException | Error failure) {
            if (!ipam.external()) { // who was told of them gives them back
                giveBack(leases, failure);
            }
            throw failure;
        }
    }

    /** Takes subnets for a network besides those it has; all or nothing. {@link #shrink} gives them back. */
    List<PoolRecord> grow(NetworkRecord network, List<SubnetRequest> subnets, NetworkNeeds needs) {
        Ipam ipam = ipams.apply(network.driver()).get(network.ipam());
        List<AddressPoolLease> before = pools.getOrDefault(network.id(), List.of());
        var leases = new ArrayList<AddressPoolLease>();
        try {
            var taken = new ArrayList<PoolRecord>();
            for (SubnetRequest subnet : subnets) {
                AddressPoolLease lease = ipam.requestPool(poolRequest(network.name(), subnet, network.ipamOptions()));
                leases.add(lease);
                taken.add(inPool(lease, subnet, needs));
            }
            pools.put(
                    network.id(),
                    Stream.concat(before.stream(), leases.stream()).toList());
            return List.copyOf(taken);
        } catch (RuntimeException | Error failure) {
            giveBack(leases, failure);
            throw failure;
        }
    }

    /** Gives back the subnets of a network that it has beyond those of its record. */
    void shrink(NetworkRecord network) {
        List<AddressPoolLease> all = pools.getOrDefault(network.id(), List.of());
        int kept = Math.min(all.size(), network.pools().size());
        pools.put(network.id(), List.copyOf(all.subList(0, kept)));
        all.subList(kept, all.size()).forEach(AddressPoolLease::close);
    }

    private static void giveBack(List<AddressPoolLease> leases, Throwable failure) {
        var also = new Failures();
        leases.forEach(lease -> also.attempt(lease::close));
        try {
            also.throwFirst();
        } catch (RuntimeException | Error problem) {
            failure.addSuppressed(problem);
        }
    }

    private PoolRequest poolRequest(String network, SubnetRequest subnet, Map<String, String> options) {
        UsedSubnets inUse = subnet.dynamic() ? host.subnetsInUse(subnet.family()) : UsedSubnets.NONE;
        return new PoolRequest(
                "network '" + network + "'", subnet.family(), subnet.pool(), subnet.range(), inUse, options);
    }

    private static PoolRecord inPool(AddressPoolLease lease, SubnetRequest subnet, NetworkNeeds needs) {
        subnet.auxiliary().forEach((name, address) -> exactly(lease, subnet, address, Purpose.AUXILIARY));
        boolean wanted = subnet.family() == Family.IPV4 ? needs.gateway4() : needs.gateway6();
        Optional<IpAddress> gateway;
        if (subnet.gateway().isPresent()) {
            gateway = Optional.of(exactly(lease, subnet, subnet.gateway().orElseThrow(), Purpose.GATEWAY));
        } else if (lease.gateway().isPresent()) { // NI-05
            gateway = lease.gateway();
        } else {
            gateway = wanted ? Optional.of(lease.request(AddressRequest.GATEWAY)) : Optional.empty();
        }
        return new PoolRecord(lease.state(), gateway, subnet.auxiliary());
    }

    /** Forgets the subnets of a network without giving them back. */
    void forget(NetworkId id) {
        pools.remove(id);
    }

    private static IpAddress exactly(AddressPoolLease lease, SubnetRequest subnet, IpAddress address, Purpose purpose) {
        try {
            return lease.request(AddressRequest.exactly(address, purpose));
        } catch (ConflictException taken) {
            List<String> names = subnet.auxiliary().entrySet().stream()
                    .filter(auxiliary -> auxiliary.getValue().equals(address))
                    .map(Map.Entry::getKey)
                    .sorted()
                    .toList();
            if (names.size() + (purpose == Purpose.GATEWAY ? 1 : 0) < 2) {
                throw taken;
            }
            throw new ConflictException(
                    "address " + address + " of subnet " + lease.state().pool() + " of "
                            + lease.state().owner() + " is asked for twice: "
                            + (purpose == Purpose.GATEWAY ? "as gateway and " : "") + "as auxiliary address " + names
                            + "; leave one out");
        }
    }

    /** Gives back all subnets of a network. */
    void release(NetworkId id) {
        unplaced.remove(id);
        List<AddressPoolLease> leases = pools.remove(id);
        if (leases != null) {
            leases.forEach(AddressPoolLease::close);
        }
        learnRest();
    }

    /** Takes the addresses of a new endpoint, IPv4 first; all or nothing. {@code given} is told all each time one more is given. */
    List<IpPrefix> take(
            NetworkRecord network,
            EndpointRequest request,
            MacAddress mac,
            Consumer<List<IpPrefix>> given,
            Deadline deadline) {
        var taken = new ArrayList<IpPrefix>();
        try {
            if (network.ipv4() || request.ipv4().isPresent()) {
                one(network, Family.IPV4, request, mac, deadline).ifPresent(taken::add);
                given.accept(List.copyOf(taken));
            }
            if ((network.ipv6() && !request.disableIpv6()) || request.ipv6().isPresent()) {
                one(network, Family.IPV6, request, mac, deadline).ifPresent(taken::add);
                given.accept(List.copyOf(taken));
            }
            return List.copyOf(taken);
        } catch (RuntimeException | Error failure) {
            if (!ipams.apply(network.driver()).get(network.ipam()).external()) {
                release(network.id(), taken);
            }
            throw failure;
        }
    }

    private Optional<IpPrefix> one(
            NetworkRecord network, Family family, EndpointRequest request, MacAddress mac, Deadline deadline) {
        Optional<IpAddress> preferred = family == Family.IPV4 ? request.ipv4() : request.ipv6();
        List<AddressPoolLease> candidates = pools.getOrDefault(network.id(), List.of()).stream()
                .filter(lease -> lease.state().pool().family() == family)
                .filter(lease -> preferred.map(lease.state().pool()::contains).orElse(true))
                .toList();
        if (candidates.isEmpty() && preferred.isPresent()) {
            throw new InvalidRequestException("address " + preferred.orElseThrow() + " is in no subnet of network '"
                    + network.name() + "', which has " + subnets(network) + "; choose one inside");
        }
        CnmException last = null;
        for (AddressPoolLease lease : candidates) {
            try {
                IpAddress address = lease.within(deadline)
                        .request(new AddressRequest(preferred, Purpose.ENDPOINT, request.name(), Optional.of(mac)));
                return Optional.of(lease.state().pool().withAddress(address));
            } catch (ExhaustedException exhausted) {
                last = exhausted;
            } catch (ConflictException taken) {
                throw named(network, lease, preferred, taken);
            }
        }
        if (last != null) {
            throw last;
        }
        return Optional.empty();
    }

    /** Returns the conflict with the name of who has the address, if that is known. */
    private ConflictException named(
            NetworkRecord network, AddressPoolLease lease, Optional<IpAddress> preferred, ConflictException taken) {
        var audit = new AddressAudit(network, ledger.endpointsOn(network.id()));
        return preferred
                .flatMap(audit::holder)
                .map(use -> new ConflictException("address " + use.address() + " of subnet "
                        + lease.state().pool() + " of network '" + network.name() + "' is taken by " + use.owner()
                        + "; choose another or leave the choice to cnm4j"))
                .orElse(taken);
    }

    /** Returns how the subnets of a network are used. */
    List<SubnetUse> use(NetworkRecord network) {
        List<AddressPoolLease> leases = pools.getOrDefault(network.id(), List.of());
        List<List<IpAddress>> leased = leases.stream()
                .map(AddressPoolLease::leased)
                .toList(); // before the records: what is recorded meanwhile is both
        var audit = new AddressAudit(network, ledger.endpointsOn(network.id()));
        return IntStream.range(0, leases.size())
                .mapToObj(i -> audit.of(leases.get(i), leased.get(i)))
                .toList();
    }

    private static String subnets(NetworkRecord network) {
        List<String> all =
                network.pools().stream().map(p -> p.state().pool().toString()).toList();
        return all.isEmpty() ? "none" : String.join(", ", all);
    }

    /** Gives back addresses of an endpoint that are leased here. */
    void release(NetworkId network, List<IpPrefix> addresses) {
        addresses.forEach(address -> leases(network, address.address()).forEach(l -> l.release(address.address())));
    }

    /** Gives back addresses of an endpoint, wherever they are leased. */
    void release(NetworkId network, List<IpPrefix> addresses, Deadline deadline) {
        addresses.forEach(address -> leases(network, address.address())
                .forEach(lease -> lease.within(deadline).release(address.address())));
    }

    /** Returns the pools that hold an address: several if they share a subnet. */
    private List<AddressPoolLease> leases(NetworkId network, IpAddress address) {
        return pools.getOrDefault(network, List.of()).stream()
                .filter(lease -> lease.state().pool().contains(address))
                .toList();
    }
}
