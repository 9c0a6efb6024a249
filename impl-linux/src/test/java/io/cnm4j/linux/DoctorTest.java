package io.cnm4j.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.api.Network;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.Finding;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.SubnetRequest;
import io.cnm4j.spi.plan.FirewallOp;
import io.cnm4j.spi.plan.HostFirewall;
import io.cnm4j.spi.plan.Mark;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Damage by hand is found, named and repaired; what is foreign is left alone. */
class DoctorTest {
    @TempDir
    Path directory;

    private Lab lab;
    private Sandbox one;
    private Sandbox two;
    private String table;
    private String bridge;
    private String port;

    @BeforeEach
    void open() {
        lab = new Lab(directory);
        Network web = lab.controller()
                .createNetwork(NetworkRequest.builder()
                        .name("web")
                        .ipv6(true)
                        .addSubnets(SubnetRequest.of("10.20.0.0/24"), SubnetRequest.of("fd00:20::/64"))
                        .build());
        one = lab.connected(web, "one");
        two = lab.connected(web, "two");
        table = "cnm4j-" + lab.controller().id().shortForm();
        bridge = "br-" + web.id().shortForm();
        port = "veth" + web.endpointByName("one").id().toString().substring(0, 11);
    }

    @AfterEach
    void close() {
        lab.close();
    }

    /** Runs a command of the host, finds something, repairs it, finds nothing more, and the sandboxes reach each other. */
    private void repaired(Finding.Kind kind, String word, String... command) {
        TestNetns.inHere(command);
        repaired(kind, word);
    }

    private void repaired(Finding.Kind kind, String word) {
        List<Finding> findings = lab.controller().check();
        assertThat(findings).extracting(Finding::kind).contains(kind);
        assertThat(findings).anySatisfy(finding -> {
            assertThat(finding.kind()).isEqualTo(kind);
            assertThat(finding.detail()).contains(word);
            assertThat(finding.repair()).isNotEmpty();
        });
        assertThat(lab.controller().repair(findings)).isEmpty();
        assertThat(lab.controller().check()).isEmpty();
        assertThat(Lab.reaches(one, Lab.address(two, Family.IPV4))).isTrue();
        assertThat(Lab.reaches(two, Lab.address(one, Family.IPV6))).isTrue();
    }

    private String link(String command) {
        return TestNetns.inHere(command.split(" ", -1));
    }

    @KernelTest
    void aHealthyHostHasNoFindings() {
        assertThat(lab.controller().check()).isEmpty();
    }

    @KernelTest
    void linksComeBack() {
        repaired(Finding.Kind.MISSING, port, "ip", "link", "del", port);
        repaired(Finding.Kind.DIFFERENT, "up", "ip", "link", "set", port, "down");
        repaired(Finding.Kind.DIFFERENT, "master", "ip", "link", "set", port, "nomaster");
        repaired(Finding.Kind.DIFFERENT, "mtu", "ip", "link", "set", port, "mtu", "1400");
        repaired(Finding.Kind.DIFFERENT, "hairpin", "bridge", "link", "set", "dev", port, "hairpin", "off");
        repaired(Finding.Kind.DIFFERENT, "up", "ip", "link", "set", bridge, "down");
        repaired(Finding.Kind.DIFFERENT, "address", "ip", "link", "set", bridge, "address", "02:00:00:00:00:99");
        repaired(Finding.Kind.MISSING, bridge, "ip", "link", "del", bridge);
        String leaving = Mark.leaving(Mark.of(lab.controller().id(), "endpoint")); // a removal that came no further
        repaired(Finding.Kind.DIFFERENT, "alias", "ip", "link", "set", port, "alias", leaving, "nomaster");
    }

    @KernelTest
    void addressesRoutesAndParametersComeBack() {
        repaired(Finding.Kind.MISSING, "10.20.0.1/24", "ip", "address", "del", "10.20.0.1/24", "dev", bridge);
        repaired(Finding.Kind.EXTRA, "10.99.0.1/24", "ip", "address", "add", "10.99.0.1/24", "dev", bridge);
        repaired(Finding.Kind.DIFFERENT, "ip_forward", "sysctl", "-q", "-w", "net.ipv4.ip_forward=0");
        repaired(Finding.Kind.DIFFERENT, "subnet", "ip", "route", "del", "10.20.0.0/24", "dev", bridge);
        repaired(Finding.Kind.DIFFERENT, "subnet", "ip", "route", "del", "fd00:20::/64", "dev", bridge);
        Lab.in(one, "ip", "address", "flush", "dev", "eth0");
        repaired(Finding.Kind.MISSING, "10.20.0.2/24");
        Lab.in(one, "ip", "route", "del", "default");
        repaired(Finding.Kind.MISSING, "default via 10.20.0.1");
        Lab.in(one, "ip", "route", "replace", "default", "via", "10.20.0.9");
        repaired(Finding.Kind.DIFFERENT, "default via 10.20.0.1");
        Lab.in(one, "ip", "-6", "route", "replace", "default", "via", "fd00:20::9");
        repaired(Finding.Kind.DIFFERENT, "default via fd00:20::1");
        Lab.in(one, "ip", "link", "set", "eth0", "down");
        repaired(Finding.Kind.DIFFERENT, "peer up");
    }

    @KernelTest
    void entriesThatPointNowhereGo() {
        String nowhere = "02:00:00:00:00:97";
        repaired(
                Finding.Kind.EXTRA,
                "permanent neighbour",
                ("ip neigh replace 10.20.0.2 dev " + bridge + " nud permanent lladdr " + nowhere).split(" "));
        repaired(
                Finding.Kind.EXTRA,
                "static entry",
                ("bridge fdb add " + nowhere + " dev " + port + " master static").split(" "));
    }

    @KernelTest
    void whatWasRenamedComesBack() {
        for (String link : List.of(port, bridge)) {
            TestNetns.inHere("ip", "link", "set", link, "down");
            TestNetns.inHere("ip", "link", "set", link, "name", "other0");
            repaired(Finding.Kind.MISSING, link, "ip", "link", "set", "other0", "up");
        }
    }

    @KernelTest
    void whatNetworksShareComesBackForAllOfThem() {
        lab.connected(lab.network("data"), "three");
        repaired(Finding.Kind.DIFFERENT, "rules", "nft", "flush", "table", "inet", table);
        repaired(Finding.Kind.DIFFERENT, "policy", "nft", "chain", "inet", table, "forward", "{ policy drop; }");
    }

    @KernelTest
    void aRuleThatWasReplacedComesBack() {
        String list = TestNetns.inHere("nft", "-a", "list", "chain", "inet", table, "forward");
        String handle = list.lines()
                .filter(line -> line.contains("ct state"))
                .map(line -> line.replaceAll(".*handle ", ""))
                .findFirst()
                .orElseThrow();
        repaired(
                Finding.Kind.DIFFERENT,
                "another rule",
                ("nft replace rule inet " + table + " forward handle " + handle + " accept").split(" "));
    }

    @KernelTest
    void theFirewallComesBack() {
        repaired(Finding.Kind.MISSING, table, "nft", "flush", "ruleset");
        repaired(Finding.Kind.DIFFERENT, "rules", "nft", "flush", "chain", "inet", table, "forward");
        repaired(
                Finding.Kind.DIFFERENT,
                "set keeprange4 is missing", // as in a table of before there was one
                "sh",
                "-ec",
                "nft flush chain inet " + table + " postrouting; nft delete set inet " + table + " keeprange4");
        repaired(
                Finding.Kind.DIFFERENT,
                "members",
                "nft",
                "delete",
                "element",
                "inet",
                table,
                "members",
                "{ \"" + bridge + "\" }");
        repaired(
                Finding.Kind.DIFFERENT,
                "masquerade4",
                "nft",
                "delete",
                "element",
                "inet",
                table,
                "masquerade4",
                "{ 10.20.0.128 }");
        repaired(Finding.Kind.ORPHAN, "no record", "nft", "add", "element", "inet", table, "internal", "{ \"br-x\" }");
        repaired(
                Finding.Kind.ORPHAN,
                "no record",
                "nft",
                "add",
                "element",
                "inet",
                table,
                "keeprange4",
                "{ \"br-x\" . 10.7.0.0/16 }");
    }

    @KernelTest
    void namespacesAndFilesComeBack() throws Exception {
        Path hosts = directory.resolve("run/" + lab.controller().id().shortForm() + "/sandbox/"
                + one.id().shortForm() + "/hosts");
        Files.writeString(hosts, Files.readString(hosts).replaceAll("\\tone\\n", "\tother\n"));
        repaired(Finding.Kind.DIFFERENT, "hosts");
        repaired(
                Finding.Kind.DIFFERENT,
                "no network namespace",
                "umount",
                one.namespacePath().toString());
    }

    @KernelTest
    void orphansGoAndForeignThingsStay() {
        String mark = "cnm4j " + lab.controller().id().shortForm() + " network 000000000000";
        TestNetns.inHere("ip", "link", "add", "left0", "type", "veth", "peer", "name", "left1");
        TestNetns.inHere("ip", "link", "add", "foreign0", "type", "bridge");
        TestNetns.inHere("nft", "add", "table", "inet", "foreign");
        repaired(Finding.Kind.ORPHAN, "left0", "ip", "link", "set", "left0", "alias", mark);
        assertThat(link("ip -o link show dev foreign0")).contains("foreign0");
        assertThat(link("nft list tables")).contains("table inet foreign");
        TestNetns.inHere("ip", "link", "del", "foreign0");
        TestNetns.inHere("nft", "delete", "table", "inet", "foreign");
    }

    @KernelTest
    void theDirectoryOfASandboxThatWasNotMadeOrRemovedToTheEndGoes() throws Exception {
        Path left = directory.resolve("run/" + lab.controller().id().shortForm() + "/sandbox/000000000000");
        java.nio.file.Files.createDirectory(left);
        repaired(Finding.Kind.ORPHAN, left.toString());
        assertThat(left).doesNotExist();
    }

    @KernelTest
    void forwardingThatNobodyAsksForIsTurnedOffAtOpen() {
        var left = HostFirewall.table(lab.controller().id());
        lab.clear();
        lab.controller().close();
        for (String line : new FirewallOp.AddTable(left).render()) {
            TestNetns.inHere("sh", "-c", line);
        }
        TestNetns.inHere("nft", "add", "element", "inet", table, "unrelated", "{ ipv4 : drop }");
        TestNetns.inHere("sysctl", "-q", "-w", "net.ipv4.ip_forward=1");
        lab.reopen();
        assertThat(link("sysctl -n net.ipv4.ip_forward")).isEqualTo("0\n");
        assertThat(link("nft list tables")).isEmpty();
    }

    @KernelTest
    void whatIsForeignIsNamedAndLeft() {
        TestNetns.inHere("ip", "link", "set", bridge, "alias", "mine now");
        List<Finding> findings = lab.controller().check();
        assertThat(findings).extracting(Finding::kind).contains(Finding.Kind.FOREIGN);
        assertThat(lab.controller().repair(findings)).extracting(Finding::kind).contains(Finding.Kind.FOREIGN);
        assertThat(link("ip -o link show dev " + bridge)).contains("mine now");
        TestNetns.inHere(
                "ip",
                "link",
                "set",
                bridge,
                "alias",
                "cnm4j " + lab.controller().id().shortForm() + " network " + bridge.substring(3));
        assertThat(lab.controller().check()).isEmpty();
    }
}
