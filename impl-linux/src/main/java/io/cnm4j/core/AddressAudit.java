package io.cnm4j.core;

import io.cnm4j.api.EndpointId;
import io.cnm4j.api.model.AddressUse;
import io.cnm4j.api.model.AddressUse.Kind;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.SubnetUse;
import io.cnm4j.core.ledger.EndpointRecord;
import io.cnm4j.core.ledger.NetworkRecord;
import io.cnm4j.core.ledger.PoolRecord;
import io.cnm4j.spi.ipam.AddressPoolLease;
import io.cnm4j.spi.ipam.PoolUse;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/** Who has which address of one network: what the records say, and beside it what is leased. Not thread-safe. */
final class AddressAudit {
    private final NetworkRecord network;
    private final TreeMap<IpAddress, AddressUse> recorded = new TreeMap<>();

    AddressAudit(NetworkRecord network, Collection<EndpointRecord> endpoints) {
        this.network = network;
        for (PoolRecord pool : network.pools()) {
            String whose = " of network '" + network.name() + "'";
            pool.auxiliary()
                    .forEach((name, address) ->
                            add(address, Kind.AUXILIARY, "auxiliary address '" + name + "'" + whose, Optional.empty()));
            pool.gateway().ifPresent(gateway -> add(gateway, Kind.GATEWAY, "the gateway" + whose, Optional.empty()));
        }
        for (EndpointRecord endpoint : endpoints) {
            String label =
                    "endpoint '" + endpoint.name() + "' (" + endpoint.id().shortForm() + ")";
            endpoint.addresses()
                    .forEach(address -> add(address.address(), Kind.ENDPOINT, label, Optional.of(endpoint.id())));
        }
    }

    private void add(IpAddress address, Kind kind, String owner, Optional<EndpointId> endpoint) {
        recorded.put(address, new AddressUse(address, kind, owner, endpoint));
    }

    /** Returns who has the address, if the records say. */
    Optional<AddressUse> holder(IpAddress address) {
        return Optional.ofNullable(recorded.get(address));
    }

    /** Returns how one of the network's subnets is used. */
    SubnetUse of(AddressPoolLease lease, List<IpAddress> leased) {
        IpPrefix subnet = lease.state().pool();
        var uses = new TreeMap<IpAddress, AddressUse>();
        for (IpAddress address : leased) {
            uses.put(address, new AddressUse(address, Kind.IN_FLIGHT, "a call that is not over", Optional.empty()));
        }
        uses.putAll(recorded.subMap(subnet.subnet().address(), true, subnet.last(), true));
        Optional<PoolUse> told = lease.use();
        return new SubnetUse(
                network.id(),
                network.name(),
                subnet,
                lease.state().range(),
                told.map(PoolUse::used).orElse((long) uses.size()),
                told.map(PoolUse::available).map(OptionalLong::of).orElse(OptionalLong.empty()),
                List.copyOf(uses.values()));
    }
}
