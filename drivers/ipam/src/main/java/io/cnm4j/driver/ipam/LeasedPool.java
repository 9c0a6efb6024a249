package io.cnm4j.driver.ipam;

import io.cnm4j.api.error.ClosedException;
import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.error.ExhaustedException;
import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.spi.ipam.AddressPoolLease;
import io.cnm4j.spi.ipam.AddressRequest;
import io.cnm4j.spi.ipam.AddressRequest.Purpose;
import io.cnm4j.spi.ipam.PoolState;
import io.cnm4j.spi.ipam.PoolUse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A pool and its addresses. The lowest free one of the range is handed out; in a serial pool the next free one after the one handed
 * out last, so that a released address rests as long as possible. Pools that share a subnet know of each other's addresses. What no
 * address was taken from has no set of them. Thread-safe.
 */
final class LeasedPool implements AddressPoolLease {
    private final SharedSubnet subnet; // its lock guards all that changes here
    private final PoolState state;
    private final boolean serial;
    private @Nullable AddressSet addresses;
    private @Nullable IpAddress lastServed; // of a serial pool
    private boolean closed;

    LeasedPool(SharedSubnet subnet, PoolState state) {
        this.subnet = subnet;
        this.state = state;
        this.serial = PoolIpam.isSerial(state);
    }

    @Override
    public PoolState state() {
        return state;
    }

    /** Returns what it shares with others. */
    SharedSubnet subnet() {
        return subnet;
    }

    @Override
    public IpAddress request(AddressRequest request) {
        if (request.preferred().isPresent()) {
            return exactly(request.preferred().get());
        }
        synchronized (subnet) {
            checkOpen();
            IpAddress found =
                    serial && request.purpose() == Purpose.ENDPOINT ? nextInTurn() : takeLowest(own().lowest());
            if (found == null) {
                throw exhausted();
            }
            return found;
        }
    }

    private @Nullable IpAddress nextInTurn() {
        AddressSet own = own();
        IpAddress before = lastServed;
        IpAddress found = before == null || before.compareTo(own.highest()) >= 0 ? null : takeLowest(before.plus(1));
        found = found == null ? takeLowest(own.lowest()) : found;
        lastServed = found == null ? before : found;
        return found;
    }

    /** Takes the lowest address from there on that is free in all pools of the subnet. */
    private @Nullable IpAddress takeLowest(IpAddress from) {
        AddressSet own = own();
        if (!subnet.isShared()) {
            return own.take(from);
        }
        IpAddress before = null;
        IpAddress found = from;
        while (found != null && !found.equals(before)) {
            before = found;
            for (LeasedPool pool : subnet.pools()) {
                found = found == null ? null : pool.own().lowestFree(found, own.highest());
            }
        }
        if (found != null) {
            own.add(found);
        }
        return found;
    }

    private AddressSet own() {
        if (addresses == null) {
            IpAddress first = range().address();
            IpAddress last = range().last();
            addresses = new AddressSet(
                    state.pool(), isReserved(first) ? first.plus(1) : first, isReserved(last) ? last.plus(-1) : last);
        }
        return addresses;
    }

    private IpPrefix range() {
        return state.range().isPresent() ? state.range().get() : state.pool();
    }

    /** The first address is nobody's; the last of IPv4 is everybody's. Subnets of one or two have neither (RFC 3021, 6164). */
    private boolean isReserved(IpAddress address) {
        IpPrefix pool = state.pool();
        int bits = pool.family().bits() - pool.length();
        return bits > 1
                && (address.equals(pool.address())
                        || (pool.family() == Family.IPV4
                                && address.low() == pool.address().low() + (1L << bits) - 1));
    }

    private IpAddress exactly(IpAddress address) {
        synchronized (subnet) {
            if (!isOffered(address)) {
                checkInside(address);
                checkNotReserved(address);
            }
            checkOpen();
            if (subnet.isShared()) {
                checkOthers(address);
            }
            if (!own().add(address)) {
                throw taken(address, "");
            }
        }
        return address;
    }

    /** Tells of most addresses at once that they are inside and not reserved. */
    private boolean isOffered(IpAddress address) {
        return addresses != null && addresses.offers(address);
    }

    private void checkNotReserved(IpAddress address) {
        if (isReserved(address)) {
            throw new ConflictException(address + " is reserved in " + state.pool() + " of " + state.owner()
                    + ": it is the subnet's own " + (address.equals(state.pool().address()) ? "first" : "broadcast")
                    + " address; choose another");
        }
    }

    private void checkOthers(IpAddress address) {
        for (LeasedPool pool : subnet.pools()) {
            if (pool != this && pool.addresses != null && pool.addresses.contains(address)) {
                throw taken(address, " by " + pool.state.owner());
            }
        }
    }

    private ConflictException taken(IpAddress address, String byWhom) {
        return new ConflictException(address + " in " + state.pool() + " of " + state.owner() + " is taken" + byWhom
                + "; choose another or leave the choice to cnm4j");
    }

    @Override
    public void restore(IpAddress address) {
        checkInside(address);
        synchronized (subnet) {
            checkOpen();
            if (!isReserved(address)) {
                own().add(address);
            }
        }
    }

    @Override
    public void release(IpAddress address) {
        synchronized (subnet) {
            if (!isOffered(address)) {
                checkInside(address);
            }
            if (addresses != null) {
                addresses.remove(address);
            }
        }
    }

    private void checkInside(IpAddress address) {
        if (!state.pool().contains(address)) {
            throw new InvalidRequestException(
                    address + " is not in " + state.pool() + " of " + state.owner() + "; choose an address inside");
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new ClosedException(
                    "subnet " + state.pool() + " of " + state.owner() + " was given back; request it again");
        }
    }

    @Override
    public Optional<PoolUse> use() {
        synchronized (subnet) {
            long used = 0;
            long usedOfRange = 0;
            for (LeasedPool pool : subnet.pools()) {
                used += pool.addresses == null ? 0 : pool.addresses.count();
                usedOfRange += pool.count(range());
            }
            return Optional.of(
                    new PoolUse(used + reserved(state.pool()), size(range()) - reserved(range()) - usedOfRange));
        }
    }

    private long count(IpPrefix range) {
        if (addresses == null || range.equals(state.pool())) {
            return addresses == null ? 0 : addresses.count();
        }
        var count = new long[1];
        addresses.forEach(address -> count[0] += range.contains(address) ? 1 : 0);
        return count[0];
    }

    /** Returns how many addresses of this part of the pool no one may have. */
    private int reserved(IpPrefix part) {
        return (isReserved(part.address()) ? 1 : 0) + (isReserved(part.last()) ? 1 : 0);
    }

    /** Returns how many addresses there are; the largest number if they are more. */
    private static long size(IpPrefix prefix) {
        int bits = prefix.family().bits() - prefix.length();
        return bits < 63 ? 1L << bits : Long.MAX_VALUE;
    }

    @Override
    public List<IpAddress> leased() {
        var leased = new ArrayList<IpAddress>();
        synchronized (subnet) {
            if (addresses != null) {
                addresses.forEach(leased::add);
            }
        }
        return leased;
    }

    private ExhaustedException exhausted() {
        PoolUse use = use().orElseThrow();
        String where =
                state.range().map(range -> "range " + range + " of subnet ").orElse("subnet ") + state.pool();
        return new ExhaustedException(where + " of " + state.owner() + " has no address left: "
                + (size(range()) - reserved(range()) - use.available()) + " of " + (size(range()) - reserved(range()))
                + " are in use; disconnect something or use a larger subnet");
    }

    @Override
    public void close() {
        synchronized (subnet) {
            if (closed) {
                return;
            }
            closed = true;
            addresses = null;
        }
        subnet.space().give(this);
    }
}
