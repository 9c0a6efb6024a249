package io.cnm4j.core.names;

import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** All addresses that a name has, of whatever endpoints. Immutable. */
public final class Addresses {
    private final List<Registration> holders;
    private final byte[] ipv4; // one behind the other: a look-up stays on few lines of memory
    private final byte[] ipv6;

    private Addresses(List<Registration> holders) {
        this.holders = holders;
        this.ipv4 = of(holders, Family.IPV4);
        this.ipv6 = of(holders, Family.IPV6);
    }

    static Addresses of(Registration holder) {
        return new Addresses(List.of(holder));
    }

    private static byte[] of(List<Registration> holders, Family family) {
        Set<IpAddress> addresses = new LinkedHashSet<>(); // two endpoints may have one address for a moment
        holders.forEach(holder ->
                holder.addresses().stream().filter(a -> a.family() == family).forEach(addresses::add));
        ByteBuffer octets = ByteBuffer.allocate(addresses.size() * family.bits() / 8);
        addresses.forEach(address -> octets.put(address.octets()));
        return octets.array();
    }

    Addresses with(Registration holder) {
        var all = new ArrayList<Registration>(without(holder.owner()));
        all.add(holder);
        return new Addresses(all);
    }

    /** Returns who is left. */
    List<Registration> without(String owner) {
        return holders.stream().filter(other -> !other.owner().equals(owner)).toList();
    }

    static Addresses ofAll(List<Registration> holders) {
        return new Addresses(holders);
    }

    /** Returns how many addresses of the family there are. */
    public int count(Family family) {
        return array(family).length * 8 / family.bits();
    }

    /** Writes the octets of an address in network order. */
    public void write(Family family, int index, byte[] to, int at) {
        int length = family.bits() / 8;
        System.arraycopy(array(family), index * length, to, at, length);
    }

    /** Returns an address. */
    public IpAddress address(Family family, int index) {
        var octets = new byte[family.bits() / 8];
        write(family, index, octets, 0);
        return IpAddress.of(octets);
    }

    private byte[] array(Family family) {
        return family == Family.IPV4 ? ipv4 : ipv6;
    }
}
