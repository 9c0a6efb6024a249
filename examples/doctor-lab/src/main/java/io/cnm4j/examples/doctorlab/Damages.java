package io.cnm4j.examples.doctorlab;

import static io.cnm4j.examples.doctorlab.Damage.host;
import static io.cnm4j.examples.doctorlab.Damage.inside;

import java.util.List;
import java.util.stream.Stream;

/**
 * All the ways.
 *
 * @param bridge of the network that suffers
 * @param port host end of the pair of the sandbox that suffers
 * @param table the controller's table
 * @param run the controller's run directory
 * @param sandbox short id of the sandbox that suffers
 * @param controller short id of the controller
 */
record Damages(String bridge, String port, String table, String run, String sandbox, String controller) {

    /** Those that take what belongs to others too. */
    List<Damage> thatHarmOthers() {
        return List.of(host("the whole ruleset flushed", "nft flush ruleset"));
    }

    /** All others. */
    List<Damage> all() {
        return Stream.of(ports(), insides(), bridges(), firewall(), files(), leftovers())
                .flatMap(List::stream)
                .toList();
    }

    private List<Damage> ports() {
        return List.of(
                host("a port deleted", "ip link del " + port),
                host("a port down", "ip link set " + port + " down"),
                host("a port taken from its bridge", "ip link set " + port + " nomaster"),
                host(
                        "a port in another bridge",
                        "ip link add wrong0 type bridge && ip link set " + port
                                + " master wrong0 && ip link set wrong0 up" + " && ip link set " + port
                                + " nomaster && ip link del wrong0"),
                host("a port's MTU changed", "ip link set " + port + " mtu 1400"),
                host("a port without hairpin", "bridge link set dev " + port + " hairpin off"),
                host("a port isolated", "bridge link set dev " + port + " isolated on"),
                host("a port without its alias", "ip link set " + port + " alias ''"),
                host(
                        "a port renamed",
                        "ip link set " + port + " down && ip link set " + port
                                + " name other0 && ip link set other0 up"));
    }

    private static List<Damage> insides() {
        return List.of(
                inside("inside: the interface deleted", "ip link del eth0"),
                inside("inside: the interface down", "ip link set eth0 down"),
                inside("inside: the MTU changed", "ip link set eth0 mtu 1300"),
                inside("inside: the MAC changed", "ip link set eth0 address 02:00:00:00:00:98"),
                inside(
                        "inside: the interface renamed",
                        "ip link set eth0 down && ip link set eth0 name other0 && ip link set other0 up"),
                inside("inside: all addresses flushed", "ip address flush dev eth0"),
                inside("inside: no IPv6 address", "ip -6 address flush dev eth0 scope global"),
                inside("inside: no default route", "ip route del default"),
                inside("inside: no IPv6 default route", "ip -6 route del default"),
                inside("inside: all routes flushed", "ip route flush table main"));
    }

    private List<Damage> bridges() {
        return List.of(
                host("the bridge without its address", "ip address del 10.20.0.1/24 dev " + bridge),
                host("the bridge without its IPv6 address", "ip address del fd00:20::1/64 dev " + bridge),
                host("the bridge with a foreign address", "ip address add 10.99.0.1/24 dev " + bridge),
                host("the bridge's route deleted", "ip route del 10.20.0.0/24 dev " + bridge),
                host("the bridge's MTU changed", "ip link set " + bridge + " mtu 1400"),
                host("the bridge's MAC changed", "ip link set " + bridge + " address 02:00:00:00:00:99"),
                host("the bridge down", "ip link set " + bridge + " down"),
                host("the bridge deleted", "ip link del " + bridge),
                host(
                        "the bridge renamed",
                        "ip link set " + bridge + " down && ip link set " + bridge
                                + " name other0 && ip link set other0 up"),
                host(
                        "a stale permanent neighbour",
                        "ip neigh replace 10.20.0.2 lladdr 02:00:00:00:00:97 dev " + bridge + " nud permanent"),
                host("a stale forwarding entry", "bridge fdb add 02:00:00:00:00:96 dev " + port + " master static"),
                host("IPv6 off on the bridge", "sysctl -q -w net.ipv6.conf." + bridge + ".disable_ipv6=1"),
                host("router advertisements accepted", "sysctl -q -w net.ipv6.conf." + bridge + ".accept_ra=1"),
                host("forwarding off", "sysctl -q -w net.ipv4.ip_forward=0"),
                host("IPv6 forwarding off", "sysctl -q -w net.ipv6.conf.all.forwarding=0"));
    }

    private List<Damage> firewall() {
        String here = "inet " + table + " ";
        return List.of(
                host("the table deleted", "nft delete table " + here),
                host("the table flushed", "nft flush table " + here),
                host("a chain flushed", "nft flush chain " + here + "forward"),
                host("a chain deleted", "nft flush chain " + here + "forward && nft delete chain " + here + "forward"),
                host("a rule too many", "nft insert rule " + here + "forward drop"),
                host("a rule replaced", replacedRule(here)),
                host("a chain's policy changed", "nft chain " + here + "forward '{ policy drop; }'"),
                host("a set flushed", "nft flush set " + here + "members"),
                host("an element removed", "nft delete element " + here + "masquerade4 '{ 10.20.0.128 }'"),
                host(
                        "an element with another value",
                        "nft delete element " + here + "within '{ \"" + bridge + "\" . \"" + bridge
                                + "\" }' && nft add element " + here + "within '{ \"" + bridge + "\" . \"" + bridge
                                + "\" : drop }'"),
                host("a stray element", "nft add element " + here + "internal '{ \"br-x\" }'"),
                host("a stray range", "nft add element " + here + "masqueraderange4 '{ 10.7.0.0/16 }'"));
    }

    private static String replacedRule(String here) {
        return "nft replace rule " + here + "forward handle $(nft -a list chain " + here
                + "forward | sed -n 's/.*ct state.*handle //p') accept";
    }

    private List<Damage> files() {
        String namespace = run + "/netns/" + sandbox;
        String files = run + "/sandbox/" + sandbox;
        return List.of(
                host("a namespace unmounted", "umount " + namespace),
                host("a namespace's file deleted", "umount " + namespace + " && rm " + namespace),
                host("a hosts file damaged", "sed -i 's/^10\\./11./' " + files + "/hosts"),
                host("a resolv.conf emptied", ": > " + files + "/resolv.conf"),
                host("a resolv.conf deleted", "rm " + files + "/resolv.conf"),
                host("a sandbox' directory deleted", "rm -r " + files));
    }

    private List<Damage> leftovers() {
        return List.of(
                host(
                        "an orphaned pair",
                        "ip link add left0 type veth peer name left1 && ip link set left0 alias 'cnm4j " + controller
                                + " endpoint 000000000000'"),
                host(
                        "an orphaned bridge",
                        "ip link add left2 type bridge && ip link set left2 alias 'cnm4j " + controller
                                + " network 000000000000'"),
                host("an orphaned namespace file", ": > " + run + "/netns/000000000000"),
                host("an orphaned sandbox directory", "mkdir " + run + "/sandbox/000000000000"));
    }
}
