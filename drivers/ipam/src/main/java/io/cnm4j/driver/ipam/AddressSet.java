package io.cnm4j.driver.ipam;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A set of addresses of one subnet, however large that is. Up to 2^32 addresses are one bitmap; more are cut into regions of 2^32,
 * each with a bitmap while it has an address in the set. Not thread-safe.
 */
final class AddressSet {
    private static final long REGION = 1L << 32;

    private final @Nullable TreeMap<IpAddress, AddressBitmap>
            regions; // by first address; null if the subnet is one region
    private IpAddress first; // of the region used last
    private AddressBitmap bitmap; // its numbers; it is among the regions if it is not empty
    private long otherCount; // in all other regions
    private final IpAddress lowest;
    private final IpAddress highest;
    private final long lowestNumber; // if the subnet is one region; else no number is between these two
    private final long highestNumber;

    /**
     * Makes an empty set.
     *
     * @param lowest the first of those that are handed out unasked
     * @param highest the last of these
     */
    AddressSet(IpPrefix subnet, IpAddress lowest, IpAddress highest) {
        this.lowest = lowest;
        this.highest = highest;
        this.regions = subnet.family().bits() - subnet.length() > 32 ? new TreeMap<>() : null;
        this.first = subnet.address();
        this.bitmap = new AddressBitmap();
        this.lowestNumber = regions == null ? number(lowest) : 0;
        this.highestNumber = regions == null ? number(highest) : -1;
    }

    /** Returns the first of those that are handed out unasked. */
    IpAddress lowest() {
        return lowest;
    }

    /** Returns the last of those that are handed out unasked. */
    IpAddress highest() {
        return highest;
    }

    /** Tells whether this is one of those that are handed out unasked; false in a subnet of several regions. */
    boolean offers(IpAddress address) {
        long number = number(address);
        return address.family() == first.family()
                && address.high() == first.high()
                && number >= lowestNumber
                && number <= highestNumber;
    }

    /** Returns how many there are. */
    long count() {
        return otherCount + bitmap.count();
    }

    boolean contains(IpAddress address) {
        turnTo(address);
        return bitmap.contains(number(address));
    }

    /** Adds the address; returns false if it was there. */
    boolean add(IpAddress address) {
        turnTo(address);
        boolean added = bitmap.add(number(address));
        if (added && regions != null && bitmap.count() == 1) {
            regions.put(first, bitmap);
        }
        return added;
    }

    /** Removes the address; returns false if it was not there. */
    boolean remove(IpAddress address) {
        turnTo(address);
        boolean removed = bitmap.remove(number(address));
        if (removed && regions != null && bitmap.count() == 0) {
            regions.remove(first);
        }
        return removed;
    }

    /** Adds the lowest address from {@code from} on that is handed out unasked and is not there; returns null if there is none. */
    @Nullable
    IpAddress take(IpAddress from) {
        if (regions == null) {
            long number = bitmap.take(number(from), highestNumber);
            return number <= highestNumber ? first.plus(number) : null;
        }
        IpAddress found = lowestFree(from, highest);
        if (found != null) {
            add(found);
        }
        return found;
    }

    /** Returns the lowest address from {@code from} to {@code to} that is not in the set; null if there is none. */
    @Nullable
    IpAddress lowestFree(IpAddress from, IpAddress to) {
        IpAddress at = from;
        while (true) {
            turnTo(at);
            boolean isLast = isHere(to);
            long found = bitmap.nextFree(number(at));
            if (found <= (isLast ? number(to) : REGION - 1)) {
                return first.plus(found);
            }
            if (isLast) {
                return null;
            }
            at = first.plus(REGION);
        }
    }

    /** Visits all, lowest first. */
    void forEach(Consumer<IpAddress> visitor) {
        if (regions == null) {
            IpAddress start = first;
            bitmap.forEach(number -> visitor.accept(start.plus(number)));
            return;
        }
        for (Map.Entry<IpAddress, AddressBitmap> region : regions.entrySet()) {
            region.getValue().forEach(number -> visitor.accept(region.getKey().plus(number)));
        }
    }

    private long number(IpAddress address) {
        return address.low() - first.low();
    }

    private boolean isHere(IpAddress address) {
        return regions == null || (address.high() == first.high() && (address.low() ^ first.low()) >>> 32 == 0);
    }

    private void turnTo(IpAddress address) {
        if (isHere(address)) {
            return;
        }
        otherCount += bitmap.count();
        first = new IpAddress(address.family(), address.high(), address.low() & -REGION);
        AddressBitmap there = regions == null ? null : regions.get(first);
        bitmap = there == null ? new AddressBitmap() : there;
        otherCount -= bitmap.count();
    }
}
