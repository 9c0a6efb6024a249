package io.cnm4j.plugin.server;

import io.cnm4j.api.ControllerId;
import io.cnm4j.api.EndpointId;
import io.cnm4j.api.NetworkId;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.api.model.PortMapping;
import io.cnm4j.driver.remote.protocol.Fields;
import io.cnm4j.driver.remote.protocol.PoolData;
import io.cnm4j.spi.driver.EndpointState;
import io.cnm4j.spi.driver.NetworkPool;
import io.cnm4j.spi.driver.NetworkState;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What the engine asked for, as the records keep it. */
final class Served {
    private Served() {}

    /**
     * A network.
     *
     * @param id identity
     * @param ipv4 whether endpoints get an IPv4 address
     * @param ipv6 whether endpoints get an IPv6 address
     * @param internal whether it is cut off
     * @param options driver options
     * @param pools its subnets, IPv4 first
     * @param note the driver's
     */
    record Network(
            NetworkId id,
            boolean ipv4,
            boolean ipv6,
            boolean internal,
            Map<String, String> options,
            List<PoolData> pools,
            Map<String, String> note) {

        static Network read(Fields fields) {
            return new Network(
                    new NetworkId(fields.text("id")),
                    fields.flag("ipv4"),
                    fields.flag("ipv6"),
                    fields.flag("internal"),
                    fields.textMap("options"),
                    fields.objects("pools").stream().map(PoolData::read).toList(),
                    fields.textMap("note"));
        }

        Map<String, Object> write() {
            var fields = new LinkedHashMap<String, Object>();
            fields.put("id", id.value());
            fields.put("ipv4", ipv4);
            fields.put("ipv6", ipv6);
            fields.put("internal", internal);
            fields.put("options", new TreeMap<>(options));
            fields.put("pools", pools.stream().map(PoolData::write).toList());
            fields.put("note", new TreeMap<>(note));
            return fields;
        }

        Network withNote(Map<String, String> decided) {
            return new Network(id, ipv4, ipv6, internal, options, pools, decided);
        }

        NetworkState state(ControllerId owner) {
            return NetworkState.builder()
                    .controller(owner)
                    .id(id)
                    .name(id.shortForm())
                    .ipv4(ipv4)
                    .ipv6(ipv6)
                    .internal(internal)
                    .options(options)
                    .pools(pools.stream().map(Network::pool).toList())
                    .note(note)
                    .build();
        }

        private static NetworkPool pool(PoolData data) {
            return new NetworkPool(
                    data.pool().subnet(),
                    data.gateway().map(IpPrefix::address),
                    data.auxiliary().entrySet().stream()
                            .collect(Collectors.toMap(
                                    Map.Entry::getKey, entry -> entry.getValue().address())));
        }
    }

    /**
     * An endpoint.
     *
     * @param id identity
     * @param network the network it is on
     * @param addresses its addresses, IPv4 first
     * @param mac hardware address
     * @param note the driver's
     * @param joined whether a sandbox has it
     * @param ports the ports it is published on
     */
    record Endpoint(
            EndpointId id,
            NetworkId network,
            List<IpPrefix> addresses,
            MacAddress mac,
            Map<String, String> note,
            boolean joined,
            List<PortMapping> ports) {

        static Endpoint read(Fields fields) {
            return new Endpoint(
                    new EndpointId(fields.text("id")),
                    new NetworkId(fields.text("network")),
                    fields.texts("addresses").stream().map(IpPrefix::parse).toList(),
                    MacAddress.parse(fields.text("mac")),
                    fields.textMap("note"),
                    fields.flag("joined"),
                    fields.texts("ports").stream().map(PortMapping::parse).toList());
        }

        Map<String, Object> write() {
            var fields = new LinkedHashMap<String, Object>();
            fields.put("id", id.value());
            fields.put("network", network.value());
            fields.put("addresses", addresses.stream().map(IpPrefix::toString).toList());
            fields.put("mac", mac.toString());
            fields.put("note", new TreeMap<>(note));
            fields.put("joined", joined);
            fields.put("ports", ports.stream().map(PortMapping::toString).toList());
            return fields;
        }

        Endpoint withNote(Map<String, String> decided) {
            return new Endpoint(id, network, addresses, mac, decided, joined, ports);
        }

        Endpoint in(boolean sandbox) {
            return new Endpoint(id, network, addresses, mac, note, sandbox, ports);
        }

        Endpoint on(List<PortMapping> published) {
            return new Endpoint(id, network, addresses, mac, note, joined, published);
        }

        EndpointState state() {
            return EndpointState.builder()
                    .id(id)
                    .name(id.shortForm())
                    .addresses(addresses)
                    .mac(mac)
                    .note(note)
                    .build();
        }
    }
}
