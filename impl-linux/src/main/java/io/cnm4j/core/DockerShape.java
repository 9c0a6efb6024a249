package io.cnm4j.core;

import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.NetworkSnapshot;
import io.cnm4j.api.model.SubnetSnapshot;
import io.cnm4j.core.ledger.EndpointRecord;
import io.cnm4j.core.ledger.Ledger;
import io.cnm4j.core.ledger.NetworkRecord;
import io.cnm4j.core.ledger.RecordCodec;
import io.cnm4j.core.ledger.SandboxRecord;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A network as {@code docker network inspect} prints one: members in Docker's order, empty texts in place of nothing. IN-01 to IN-10. */
final class DockerShape {
    private final Ledger ledger;

    DockerShape(Ledger ledger) {
        this.ledger = ledger;
    }

    String json(NetworkRecord record, boolean global) {
        NetworkSnapshot network = record.snapshot();
        var shape = new LinkedHashMap<String, Object>();
        shape.put("Name", network.name());
        shape.put("Id", network.id().value());
        shape.put("Created", network.created().toString());
        shape.put("Scope", global ? "global" : "local");
        shape.put("Driver", network.driver());
        shape.put("EnableIPv4", network.ipv4());
        shape.put("EnableIPv6", network.ipv6());
        shape.put("IPAM", ipam(record, network));
        shape.put("Internal", network.internal());
        shape.put("Attachable", false);
        shape.put("Ingress", false);
        shape.put("ConfigFrom", Map.of("Network", ""));
        shape.put("ConfigOnly", false);
        shape.put("Containers", containers(record));
        shape.put("Options", new TreeMap<>(network.options()));
        shape.put("Labels", new TreeMap<>(network.labels()));
        return new String(RecordCodec.encode(shape), StandardCharsets.UTF_8);
    }

    private static Map<String, Object> ipam(NetworkRecord record, NetworkSnapshot network) {
        var ipam = new LinkedHashMap<String, Object>();
        ipam.put("Driver", network.ipam());
        ipam.put("Options", new TreeMap<>(record.ipamOptions()));
        ipam.put("Config", network.subnets().stream().map(DockerShape::subnet).toList());
        return ipam;
    }

    private static Map<String, Object> subnet(SubnetSnapshot subnet) {
        var config = new LinkedHashMap<String, Object>();
        config.put("Subnet", subnet.pool().toString());
        subnet.range().ifPresent(range -> config.put("IPRange", range.toString()));
        subnet.gateway().ifPresent(gateway -> config.put("Gateway", gateway.toString())); // IN-09
        if (!subnet.auxiliary().isEmpty()) {
            var auxiliary = new TreeMap<String, String>();
            subnet.auxiliary().forEach((name, address) -> auxiliary.put(name, address.toString()));
            config.put("AuxiliaryAddresses", auxiliary);
        }
        return config;
    }

    private Map<String, Object> containers(NetworkRecord network) {
        var containers = new LinkedHashMap<String, Object>();
        List<EndpointRecord> endpoints = ledger.endpointsOn(network.id()).stream()
                .sorted(Comparator.comparing(EndpointRecord::name))
                .toList();
        for (EndpointRecord endpoint : endpoints) {
            var container = new LinkedHashMap<String, Object>();
            container.put("Name", endpoint.name());
            container.put("EndpointID", endpoint.id().value());
            container.put("MacAddress", endpoint.mac().toString());
            container.put("IPv4Address", address(endpoint, Family.IPV4));
            container.put("IPv6Address", address(endpoint, Family.IPV6));
            containers.put(container(endpoint), container);
        }
        return containers;
    }

    private String container(EndpointRecord endpoint) {
        return endpoint.joined()
                .flatMap(joined -> ledger.sandbox(joined.sandbox()))
                .map(SandboxRecord::containerId)
                .orElse("ep-" + endpoint.id());
    }

    private static String address(EndpointRecord endpoint, Family family) {
        return endpoint.addresses().stream()
                .filter(address -> address.family() == family)
                .map(IpPrefix::toString)
                .findFirst()
                .orElse(""); // IN-04
    }
}
