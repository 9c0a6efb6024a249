package io.cnm4j.linux.vxlan;

import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.linux.vxlan.codec.VxlanHeader;
import io.cnm4j.spi.plan.NamespaceRef;

/**
 * How a segment is opened.
 *
 * @param vni its number, 0 to 16,777,215
 * @param device name of its TAP device: 1 to 15 printable ASCII characters without slash and space
 * @param namespace where the device is
 * @param mac of the device
 * @param mtu of the device, 68 to 65,000: at most that of the path less 50 over IPv4 and 70 over IPv6
 */
public record SegmentOptions(int vni, String device, NamespaceRef namespace, MacAddress mac, int mtu) {
    /** Refuses what is out of range. */
    public SegmentOptions {
        if (vni < 0 || vni > VxlanHeader.MAX_VNI || mtu < 68 || mtu > 65_000) {
            throw new InvalidRequestException("vni=" + vni + " mtu=" + mtu + " is out of range; VNIs are 0 to "
                    + VxlanHeader.MAX_VNI + ", the MTU 68 to 65000");
        }
        if (!device.matches("[!-.0-~]{1,15}") || device.equals(".") || device.equals("..") || device.contains("%")) {
            throw new InvalidRequestException("'" + device
                    + "' is no name for a device; use 1 to 15 characters without slash, space and percent");
        }
        if (mac.isMulticast() || mac.bits() == 0) {
            throw new InvalidRequestException(mac + " cannot be the MAC of a device; use a unicast address");
        }
    }
}
