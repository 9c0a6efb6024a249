package io.cnm4j.linux;

import io.cnm4j.spi.plan.NamespaceRef;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** All that the usual commands tell of namespaces, without what is random or still settling: alike where the host is alike. */
final class HostFacts {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Numbers that are the kernel's choice, timers, and what follows the carrier a moment later. */
    private static final Set<String> CHANCE = Set.of(
            "ifindex",
            "link_index",
            "link_netnsid",
            "operstate",
            "state",
            "hello_timer",
            "tcn_timer",
            "topology_change_timer",
            "gc_timer",
            "hold_timer",
            "message_age_timer",
            "forward_delay_timer",
            "topology_change",
            "valid_life_time",
            "preferred_life_time");

    private static final Set<String> PASSING_FLAGS = Set.of("NO-CARRIER", "LOWER_UP");

    private HostFacts() {}

    /** Returns what each command says, by command and namespace. */
    static Map<String, String> of(NamespaceRef... namespaces) {
        var facts = new TreeMap<String, String>();
        for (NamespaceRef namespace : namespaces) {
            links(namespace, facts);
            for (String family : List.of("-4", "-6")) {
                routes(namespace, family, facts);
            }
            facts.put("nft in " + namespace, TestNetns.runIn(namespace, "nft", "--stateless", "list", "ruleset"));
            facts.put(
                    "sysctl in " + namespace,
                    TestNetns.runIn(
                            namespace,
                            "sysctl",
                            "--all",
                            "--ignore",
                            "--pattern",
                            "^net\\.ipv[46]\\.(conf|ip_forward)"));
        }
        return facts;
    }

    private static void links(NamespaceRef namespace, Map<String, String> facts) {
        for (JsonNode link : json(namespace, "ip", "-details", "-json", "address")) {
            ObjectNode fields = (ObjectNode) link;
            settle(fields);
            if (fields.path("ifname").asString().startsWith("veth")) {
                fields.remove("address"); // nobody asked for one
            }
            facts.put("link " + fields.path("ifname").asString() + " in " + namespace, fields.toPrettyString());
        }
    }

    private static void settle(JsonNode node) {
        if (node instanceof ObjectNode object) {
            object.remove(CHANCE);
            if (object.path("flags") instanceof ArrayNode flags) {
                flags.removeIf(flag -> PASSING_FLAGS.contains(flag.asString()));
            }
            if (object.path("addr_info") instanceof ArrayNode addresses) {
                addresses.removeIf(address -> address.path("scope").asString("").equals("link"));
            }
        }
        node.forEach(HostFacts::settle);
    }

    private static void routes(NamespaceRef namespace, String family, Map<String, String> facts) {
        for (JsonNode route : json(namespace, "ip", family, "-details", "-json", "route", "show", "table", "all")) {
            ObjectNode fields = (ObjectNode) route;
            fields.remove("flags"); // linkdown, for a moment
            if (!fields.path("protocol").asString("").equals("kernel")) {
                facts.put(
                        "route " + fields.path("dst").asString() + " " + family + " in " + namespace,
                        fields.toString());
            }
        }
    }

    private static JsonNode json(NamespaceRef namespace, String... command) {
        String text = TestNetns.runIn(namespace, command);
        return JSON.readTree(text.isBlank() ? "[]" : text);
    }
}
