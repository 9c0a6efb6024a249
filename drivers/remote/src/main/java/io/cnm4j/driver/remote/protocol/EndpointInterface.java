package io.cnm4j.driver.remote.protocol;

import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.MacAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What an endpoint has, or is given by the plug-in. On the wire an empty text stands for nothing.
 *
 * @param ipv4 IPv4 address
 * @param ipv6 IPv6 address
 * @param mac hardware address
 */
public record EndpointInterface(Optional<IpPrefix> ipv4, Optional<IpPrefix> ipv6, Optional<MacAddress> mac) {
    /** Nothing. */
    public static final EndpointInterface NONE =
            new EndpointInterface(Optional.empty(), Optional.empty(), Optional.empty());

    /** Reads the field {@code Interface} of a request or answer; nothing if it is not there. */
    public static EndpointInterface in(Fields message) {
        return message.object("Interface")
                .map(fields -> new EndpointInterface(
                        Texts.optionalPrefix(fields, "Address"),
                        Texts.optionalPrefix(fields, "AddressIPv6"),
                        Texts.optionalMac(fields, "MacAddress")))
                .orElse(NONE);
    }

    /** Returns it as JSON fields. */
    public Map<String, Object> write() {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("Address", ipv4.map(IpPrefix::toString).orElse(""));
        fields.put("AddressIPv6", ipv6.map(IpPrefix::toString).orElse(""));
        fields.put("MacAddress", mac.map(MacAddress::toString).orElse(""));
        return fields;
    }
}
