package io.cnm4j.driver.remote.protocol;

import io.cnm4j.api.model.IpPrefix;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A subnet as a network plug-in is told of it.
 *
 * @param addressSpace the IPAM driver's address space
 * @param pool the subnet
 * @param gateway the gateway with the subnet's length, if there is one
 * @param auxiliary other addresses by name, with the subnet's length
 */
public record PoolData(
        String addressSpace, IpPrefix pool, Optional<IpPrefix> gateway, Map<String, IpPrefix> auxiliary) {
    /** Copies the map. */
    public PoolData {
        auxiliary = Map.copyOf(auxiliary);
    }

    /** Reads one of a request. */
    public static PoolData read(Fields fields) {
        var auxiliary = new TreeMap<String, IpPrefix>();
        fields.textMap("AuxAddresses")
                .forEach((name, text) -> auxiliary.put(name, Texts.prefix(fields, "AuxAddresses." + name, text)));
        return new PoolData(
                fields.text("AddressSpace"),
                Texts.prefix(fields, "Pool", fields.text("Pool")),
                Texts.optionalPrefix(fields, "Gateway"),
                auxiliary);
    }

    /** Returns it as JSON fields. */
    public Map<String, Object> write() {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("AddressSpace", addressSpace);
        fields.put("Pool", pool.toString());
        gateway.ifPresent(address -> fields.put("Gateway", address.toString()));
        var texts = new TreeMap<String, String>();
        auxiliary.forEach((name, address) -> texts.put(name, address.toString()));
        fields.put("AuxAddresses", texts);
        return fields;
    }
}
