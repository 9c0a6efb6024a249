package io.cnm4j.examples.crashlab;

import io.cnm4j.api.Endpoint;
import io.cnm4j.api.Network;
import io.cnm4j.api.model.EndpointSnapshot;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.driver.remote.protocol.Fields;
import io.cnm4j.driver.remote.protocol.Json;
import io.cnm4j.spi.store.Entry;
import io.cnm4j.spi.store.KeyValueStore;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What a plug-in has, by its own records and by those of the controller, in the same words: {@code network ID}, {@code endpoint ID},
 * {@code joined ID}, {@code pool SUBNET}, {@code address A}.
 */
final class Holdings {
    private Holdings() {}

    /** Returns what the records of a plug-in say. */
    static Set<String> in(KeyValueStore records) {
        var things = new TreeSet<String>();
        all(records, "network/").forEach(network -> things.add("network " + network.text("id")));
        all(records, "endpoint/").forEach(endpoint -> {
            things.add("endpoint " + endpoint.text("id"));
            if (endpoint.flag("joined")) {
                things.add("joined " + endpoint.text("id"));
            }
        });
        all(records, "pool/").forEach(pool -> things.add("pool " + pool.text("subnet")));
        all(records, "address/").forEach(address -> things.add("address " + address.text("address")));
        return things;
    }

    private static Stream<Fields> all(KeyValueStore records, String prefix) {
        return records.list(prefix).stream().map(Entry::value).map(Json::read);
    }

    /** Returns what the plug-in must have of a network; nothing if it is none of its networks. */
    static Set<String> of(Network network) {
        var things = new TreeSet<String>();
        boolean made = network.inspect().driver().equals(LabPlugin.NAME);
        boolean leased = network.inspect().ipam().equals(LabPlugin.NAME);
        if (made) {
            things.add("network " + network.id());
        }
        if (leased) {
            network.inspect().subnets().forEach(subnet -> {
                things.add("pool " + subnet.pool());
                subnet.gateway().ifPresent(gateway -> things.add("address " + gateway));
            });
        }
        for (Endpoint endpoint : network.endpoints()) {
            EndpointSnapshot now = endpoint.inspect();
            if (made) {
                things.add("endpoint " + endpoint.id());
                now.sandbox().ifPresent(sandbox -> things.add("joined " + endpoint.id()));
            }
            if (leased) {
                now.addresses().stream().map(IpPrefix::address).forEach(address -> things.add("address " + address));
            }
        }
        return things;
    }
}
