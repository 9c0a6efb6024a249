package io.cnm4j.core.names;

import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import java.nio.ByteBuffer;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A name and all addresses that it has, of whatever endpoints; an entry of a {@link NameTable}. Immutable.
 *
 * <pre>
 * | IPv4 addresses, 4 octets each | IPv6 addresses, 16 octets each | name, 2 octets a character |
 * </pre>
 */
public final class Addresses {
    private final byte[] octets; // one behind the other: a look-up stays on few lines of memory
    private final int ipv4; // octets of them
    private final int ipv6;
    private final int hash;
    private final @Nullable Addresses next;
    private final List<Registration> holders;

    /**
     * Makes an entry that stands alone.
     *
     * @param hash of the name, in its table
     * @param holders who has the name
     */
    Addresses(String name, int hash, List<Registration> holders) {
        Set<IpAddress> four = addresses(holders, Family.IPV4);
        Set<IpAddress> six = addresses(holders, Family.IPV6);
        this.ipv4 = four.size() * Family.IPV4.bits() / 8;
        this.ipv6 = six.size() * Family.IPV6.bits() / 8;
        ByteBuffer all = ByteBuffer.allocate(ipv4 + ipv6 + name.length() * Character.BYTES);
        four.forEach(address -> all.put(address.octets()));
        six.forEach(address -> all.put(address.octets()));
        all.asCharBuffer().put(name);
        this.octets = all.array();
        this.hash = hash;
        this.next = null;
        this.holders = holders;
    }

    private Addresses(Addresses same, @Nullable Addresses next) {
        this.octets = same.octets;
        this.ipv4 = same.ipv4;
        this.ipv6 = same.ipv6;
        this.hash = same.hash;
        this.holders = same.holders;
        this.next = next;
    }

    /** Returns the addresses; two endpoints may have one address for a moment. */
    private static Set<IpAddress> addresses(List<Registration> holders, Family family) {
        return holders.stream()
                .flatMap(holder -> holder.addresses().stream())
                .filter(address -> address.family() == family)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** Returns the same in front of another entry. */
    Addresses before(@Nullable Addresses other) {
        return next == other ? this : new Addresses(this, other);
    }

    @Nullable
    Addresses next() {
        return next;
    }

    int hash() {
        return hash;
    }

    /** Tells whether it is what this name has. */
    boolean is(int hashOfName, String name) {
        int at = ipv4 + ipv6;
        if (hash != hashOfName || octets.length - at != name.length() * Character.BYTES) {
            return false;
        }
        for (int i = 0; i < name.length(); i++, at += Character.BYTES) {
            if ((char) (octets[at] << 8 | (octets[at + 1] & 0xff)) != name.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** Returns who has the name. */
    List<Registration> holders() {
        return holders;
    }

    /** Returns how many addresses of the family there are. */
    public int count(Family family) {
        return (family == Family.IPV4 ? ipv4 : ipv6) * 8 / family.bits();
    }

    /** Writes the octets of an address in network order. */
    public void write(Family family, int index, byte[] to, int at) {
        int length = family.bits() / 8;
        System.arraycopy(octets, (family == Family.IPV4 ? 0 : ipv4) + index * length, to, at, length);
    }

    /** Returns an address. */
    public IpAddress address(Family family, int index) {
        var one = new byte[family.bits() / 8];
        write(family, index, one, 0);
        return IpAddress.of(one);
    }
}
