package io.cnm4j.driver.ipam;

import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.model.AddressPool;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.spi.ipam.AddressPoolLease;
import io.cnm4j.spi.ipam.Ipam;
import io.cnm4j.spi.ipam.PoolRequest;
import io.cnm4j.spi.ipam.PoolState;
import java.util.List;
import java.util.Optional;

/** The pools of one controller: IPv4 and IPv6 apart. Thread-safe. */
final class PoolIpam implements Ipam {
    private static final String SERIAL_OPTION = "com.docker.network.ipam.serial";
    private static final String SERIAL_ID = "serial"; // so that the record knows
    private static final String PLAIN_ID = "plain";

    private final PoolSpace ipv4;
    private final PoolSpace ipv6;

    PoolIpam(List<AddressPool> bases) {
        this.ipv4 = space(Family.IPV4, bases);
        this.ipv6 = space(Family.IPV6, bases);
    }

    private static PoolSpace space(Family family, List<AddressPool> bases) {
        return new PoolSpace(
                family,
                bases.stream().filter(base -> base.base().family() == family).toList());
    }

    private PoolSpace space(Family family) {
        return family == Family.IPV4 ? ipv4 : ipv6;
    }

    @Override
    public AddressPoolLease requestPool(PoolRequest request) {
        request.pool().ifPresent(pool -> check(request, "subnet", pool));
        request.range().ifPresent(range -> check(request, "range", range));
        boolean dynamic =
                request.pool().map(pool -> pool.address().isUnspecified()).orElse(true);
        if (!dynamic) {
            IpPrefix pool = request.pool().orElseThrow();
            return space(request.family()).take(state(request, pool, range(request, pool)));
        }
        request.range().ifPresent(range -> {
            throw new InvalidRequestException(
                    "range " + range + " of " + request.owner() + " needs a subnet it lies in; name the subnet");
        });
        return space(request.family()).takeAny(request);
    }

    /** Returns what a record keeps of a pool. */
    static PoolState state(PoolRequest request, IpPrefix pool, Optional<IpPrefix> range) {
        String serial = request.options().getOrDefault(SERIAL_OPTION, "false");
        if (!serial.equals("true") && !serial.equals("false")) {
            throw new InvalidRequestException(
                    "option " + SERIAL_OPTION + "='" + serial + "' of " + request.owner() + " must be true or false");
        }
        return new PoolState(serial.equals("true") ? SERIAL_ID : PLAIN_ID, request.owner(), pool, range);
    }

    /** Tells whether addresses of the pool are handed out one after the other. */
    static boolean isSerial(PoolState state) {
        return state.id().equals(SERIAL_ID);
    }

    private static void check(PoolRequest request, String what, IpPrefix prefix) {
        if (prefix.family() != request.family()) {
            throw new InvalidRequestException(what + " " + prefix + " of " + request.owner() + " is not "
                    + request.family() + "; ask for a subnet of that family");
        }
        if (prefix.hasHostBits()) {
            throw new InvalidRequestException(what + " " + prefix + " of " + request.owner()
                    + " has host bits set; did you mean " + prefix.subnet() + "?");
        }
    }

    private static Optional<IpPrefix> range(PoolRequest request, IpPrefix pool) {
        return request.range().filter(range -> !range.contains(pool)).map(range -> {
            if (!pool.contains(range)) {
                throw new InvalidRequestException("range " + range + " of " + request.owner() + " is not inside subnet "
                        + pool + "; choose one that is");
            }
            return range;
        });
    }

    @Override
    public AddressPoolLease restorePool(PoolState state) {
        return space(state.pool().family()).retake(state);
    }
}
