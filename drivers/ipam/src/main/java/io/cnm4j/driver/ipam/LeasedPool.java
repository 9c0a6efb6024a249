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
import java.util.HashSet;
import java.util.Set;

/**
 * A pool and its addresses. Those of its range, at most the first 2^32, are numbered. The lowest free one is handed out; in a
 * serial pool the next free one after the one handed out last, so that a released address rests as long as possible. All
 * others can only be asked for by name. Thread-safe.
 */
final class LeasedPool implements AddressPoolLease {
    private static final int NUMBERED_BITS = 32;

    private final PoolSpace space;
    private final PoolState state;
    private final IpAddress first;
    private final AddressBitmap numbered; // guarded by this
    private final Set<IpAddress> others = new HashSet<>(2); // guarded by this
    private final int reserved;
    private final boolean serial;
    private long cursor; // guarded by this; unless serial, all below it are taken
    private boolean closed; // guarded by this

    LeasedPool(PoolSpace space, PoolState state) {
        this.space = space;
        this.state = state;
        this.serial = PoolIpam.isSerial(state);
        IpPrefix range = state.range().orElse(state.pool());
        this.first = range.address();
        this.numbered = new AddressBitmap(1L << Math.min(range.family().bits() - range.length(), NUMBERED_BITS));
        reserve(state.pool().address());
        reserve(state.pool().last());
        this.reserved = (int) numbered.count();
    }

    private void reserve(IpAddress address) {
        long number = number(address);
        if (isReserved(address) && number >= 0) {
            numbered.add(number);
        }
    }

    /** The first address is nobody's; the last of IPv4 is everybody's. Subnets of one or two have neither (RFC 3021, 6164). */
    private boolean isReserved(IpAddress address) {
        IpPrefix pool = state.pool();
        return pool.family().bits() - pool.length() > 1
                && (address.equals(pool.address()) || (pool.family() == Family.IPV4 && address.equals(pool.last())));
    }

    /** Returns the address's distance from the first of the range, -1 if it is not numbered. */
    private long number(IpAddress address) {
        long low = address.low() - first.low();
        long borrow = Long.compareUnsigned(address.low(), first.low()) < 0 ? 1 : 0;
        return address.high() - first.high() - borrow == 0 && low >= 0 && low < numbered.size() ? low : -1;
    }

    @Override
    public PoolState state() {
        return state;
    }

    @Override
    public IpAddress request(AddressRequest request) {
        if (request.preferred().isPresent()) {
            return exactly(request.preferred().get());
        }
        long number;
        synchronized (this) {
            checkOpen();
            number = request.purpose() == Purpose.ENDPOINT ? next() : numbered.nextFree(0);
            if (number >= 0) {
                numbered.add(number);
            }
        }
        if (number < 0) {
            throw exhausted();
        }
        return first.plus(number);
    }

    private long next() {
        long number = numbered.nextFree(cursor);
        if (number < 0 && serial) {
            number = numbered.nextFree(0);
        }
        cursor = number < 0 ? cursor : number + 1;
        return number;
    }

    private IpAddress exactly(IpAddress address) {
        checkInside(address);
        if (isReserved(address)) {
            throw new ConflictException(address + " is reserved in " + state.pool() + " of " + state.owner()
                    + ": it is the subnet's own " + (address.equals(state.pool().address()) ? "first" : "broadcast")
                    + " address; choose another");
        }
        if (!take(address)) {
            throw new ConflictException(address + " in " + state.pool() + " of " + state.owner()
                    + " is taken; choose another or leave the choice to cnm4j");
        }
        return address;
    }

    private synchronized boolean take(IpAddress address) {
        checkOpen();
        long number = number(address);
        return number >= 0 ? numbered.add(number) : others.add(address);
    }

    @Override
    public void restore(IpAddress address) {
        checkInside(address);
        take(address);
    }

    @Override
    public void release(IpAddress address) {
        checkInside(address);
        if (isReserved(address)) {
            return;
        }
        synchronized (this) {
            long number = number(address);
            if (number >= 0) {
                numbered.remove(number);
                cursor = serial ? cursor : Math.min(cursor, number);
            } else {
                others.remove(address);
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

    private synchronized ExhaustedException exhausted() {
        String where =
                state.range().map(range -> "range " + range + " of subnet ").orElse("subnet ") + state.pool();
        return new ExhaustedException(
                where + " of " + state.owner() + " has no address left: " + (numbered.count() - reserved) + " of "
                        + (numbered.size() - reserved) + " are in use; disconnect something or use a larger subnet");
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        space.give(this);
    }
}
