package io.cnm4j.spi.plan;

import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;

/**
 * Subnets of one size in a set that is hashed. Each is known by its middle, the first address of its second half, which is the middle of
 * no other subnet of whatever size.
 *
 * @param family the family of their addresses
 * @param length the length of their prefix, less than all bits
 */
public record SubnetSize(Family family, int length) {
    /** Returns the middle of this subnet, which has two addresses at least. */
    public static IpAddress middle(IpPrefix subnet) {
        return new IpPrefix(subnet.last(), subnet.length() + 1).subnet().address();
    }

    /** Returns the bits of an address that are its subnet's. */
    public IpAddress mask() {
        return new IpPrefix(all().last(), length).subnet().address();
    }

    /** Returns the bit that is one in a middle, after those of the subnet. */
    public IpAddress half() {
        return middle(new IpPrefix(all().address(), length));
    }

    private IpPrefix all() {
        return IpPrefix.parse(family == Family.IPV4 ? "0.0.0.0/0" : "::/0");
    }

    /** Returns how nft(8) makes the middle of an address' subnet. */
    String render() {
        return " & " + mask() + " | " + half();
    }
}
