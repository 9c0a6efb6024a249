package io.cnm4j.driver.remote.protocol;

import io.cnm4j.api.model.IpPrefix;
import java.util.Map;

/**
 * A pool that an IPAM plug-in gave.
 *
 * @param id the plug-in's name for it
 * @param pool the subnet
 */
public record PoolAnswer(String id, IpPrefix pool) {
    /** Reads an answer. */
    public static PoolAnswer read(Fields fields) {
        String id = fields.text("PoolID");
        if (id.isEmpty()) {
            throw fields.wrong("PoolID", "the plug-in's name for the pool", id);
        }
        return new PoolAnswer(id, Texts.prefix(fields, "Pool", fields.text("Pool")));
    }

    /** Returns it as JSON fields. */
    public Map<String, Object> write() {
        return Map.of("PoolID", id, "Pool", pool.toString(), "Data", Map.of());
    }

    /** Reads the address of an answer to {@link Method#REQUEST_ADDRESS}. */
    public static IpPrefix address(Fields fields) {
        return Texts.prefix(fields, "Address", fields.text("Address"));
    }
}
