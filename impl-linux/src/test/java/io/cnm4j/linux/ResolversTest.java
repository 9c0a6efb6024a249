package io.cnm4j.linux;

import static io.cnm4j.linux.Resolver.Type.A;
import static io.cnm4j.linux.Resolver.Type.AAAA;
import static io.cnm4j.linux.Resolver.Type.PTR;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cnm4j.api.Network;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.api.model.SubnetRequest;
import io.cnm4j.spi.host.Deadline;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** The resolvers of the system agree with each other and with the rows of the behaviour list; and what passes outside is seen. */
class ResolversTest {
    private static final String UPSTREAM = "192.0.2.2";

    @TempDir
    Path directory;

    private Lab lab;
    private TestUpstream upstream;
    private Network front;
    private Network back;
    private Sandbox web;
    private Sandbox both;
    private Sandbox base;
    private Sandbox dotted;

    /**
     * A case.
     *
     * @param id rows of the behaviour list
     * @param expected all of the answer, separated by blanks
     */
    private record Row(String id, Sandbox asking, String wanted, Resolver.Type type, String expected) {
        private Set<String> answer() {
            return new TreeSet<>(expected.isEmpty() ? List.of() : List.of(expected.split(" ")));
        }
    }

    @BeforeEach
    void world() throws Exception {
        lab = new Lab(directory);
        TestNetns outside = lab.neighbour("out", "192.0.2.1/24", UPSTREAM + "/24");
        upstream = new TestUpstream(outside.ref(), UPSTREAM, ResolversTest::outside);
        front = network("front", 1);
        back = network("back.office", 2);
        web = sandbox("a".repeat(64), "web-host.example.org");
        both = sandbox("b".repeat(64), "both-host");
        base = sandbox("c".repeat(64), "base-host");
        dotted = lab.controller()
                .createSandbox(asking("d".repeat(64), "dotted-host")
                        .addResolverOptions("ndots:1")
                        .build());
        join(front, web, "web", "www", "Shop.Local");
        front.connect(
                both,
                EndpointRequest.builder().name("both").putLinks("db", "web").build());
        join(front, dotted, "dotted");
        join(back, both, "both", "shared");
        join(back, base, "base", "www", "shared");
        Sandbox old = sandbox("e".repeat(64), "old-host");
        back.connect(
                old, EndpointRequest.builder().name("old").disableIpv6(true).build());
    }

    private static Optional<Message> outside(Message query) {
        Record asked = query.getQuestion();
        String name = asked.getName().toString(true).toLowerCase(Locale.ROOT);
        if (!name.matches("(www|mail|last)\\.example\\.com")) {
            return TestUpstream.code(query, Rcode.NXDOMAIN);
        }
        var reply = new Message();
        reply.addRecord(asked, Section.QUESTION);
        Name owner = asked.getName();
        if (asked.getType() == Type.A) {
            var address = IpAddress.parse("198.51.100.7").toInetAddress();
            reply.addRecord(new ARecord(owner, DClass.IN, 60, address), Section.ANSWER);
        } else if (asked.getType() == Type.AAAA) {
            var address = IpAddress.parse("2001:db8::7").toInetAddress();
            reply.addRecord(new AAAARecord(owner, DClass.IN, 60, address), Section.ANSWER);
        }
        return Optional.of(reply);
    }

    private Network network(String name, int number) {
        return lab.controller()
                .createNetwork(NetworkRequest.builder()
                        .name(name)
                        .ipv6(true)
                        .addSubnets(
                                SubnetRequest.of("10." + number + ".0.0/24"),
                                SubnetRequest.of("fd00:" + number + "::/64"))
                        .build());
    }

    private static SandboxRequest.Builder asking(String container, String hostname) {
        SandboxRequest.Builder request = SandboxRequest.builder();
        return request.containerId(container).hostname(hostname).addNameServers(IpAddress.parse(UPSTREAM));
    }

    private Sandbox sandbox(String container, String hostname) {
        return lab.controller().createSandbox(asking(container, hostname).build());
    }

    private static void join(Network network, Sandbox sandbox, String name, String... aliases) {
        network.connect(
                sandbox,
                EndpointRequest.builder().name(name).addAliases(aliases).build());
    }

    @AfterEach
    void close() throws Exception {
        upstream.close();
        lab.close();
    }

    private static String of(Network network, String endpoint, Family family) {
        return network.endpointByName(endpoint)
                .inspect()
                .address(family)
                .orElseThrow()
                .toString();
    }

    /** What the asking sandbox can find by itself. */
    private List<Row> known() {
        String web4 = of(front, "web", Family.IPV4);
        String web6 = of(front, "web", Family.IPV6);
        String base4 = of(back, "base", Family.IPV4);
        String base6 = of(back, "base", Family.IPV6);
        String shared = base4 + " " + of(back, "both", Family.IPV4);
        var rows = new ArrayList<Row>();
        for (String name : List.of("web", "www.front", "shop.local", "a".repeat(12), "web-host.example.org")) {
            rows.add(new Row("SD-02, DNS-04", both, name, A, web4));
            rows.add(new Row("SD-02, DNS-04", both, name, AAAA, web6));
        }
        rows.add(new Row("SD-03, DNS-22", both, "WeB", A, web4));
        rows.add(new Row("SD-03", both, "shared", A, shared));
        rows.add(new Row("SD-03", both, "shared.Back.Office", A, shared));
        rows.add(new Row("DNS-05", both, "old", A, of(back, "old", Family.IPV4)));
        rows.add(new Row("DNS-05, SD-06", both, "old", AAAA, ""));
        rows.add(new Row("DNS-08", both, web4, PTR, "web.front"));
        rows.add(new Row("DNS-08", both, web6, PTR, "web.front"));
        rows.add(new Row("DNS-08", both, base4, PTR, "base.back.office"));
        rows.add(new Row("DNS-08", both, base6, PTR, "base.back.office"));
        rows.add(new Row("DNS-11", both, "www", A, base4)); // 'back.office' gives the default route
        rows.add(new Row("DNS-11", both, "www.back.office", A, base4));
        rows.add(new Row("DNS-11", base, "www", A, base4));
        rows.add(new Row("SD-08", both, "db", A, web4));
        rows.add(new Row("SD-08", both, "db.front", AAAA, web6));
        rows.add(new Row("DNS-13", dotted, "nobody", A, ""));
        rows.add(new Row("DNS-13", dotted, "web", A, web4));
        return rows;
    }

    /** What others are asked for. */
    private List<Row> unknown() {
        return List.of(
                new Row("DNS-14", web, "www.example.com", A, "198.51.100.7"),
                new Row("DNS-06", web, "www.example.com", AAAA, "2001:db8::7"),
                new Row("DNS-10, DNS-15", web, "nobody.example.net", A, ""),
                new Row("DNS-12", web, "base", A, ""),
                new Row("SD-08", web, "db", A, ""),
                new Row("DNS-08", both, "192.0.2.99", PTR, ""),
                new Row("DNS-08", both, "2001:db8::99", PTR, ""));
    }

    private static void assertAgreed(List<Row> rows) {
        var found = new ArrayList<String>();
        var expected = new ArrayList<String>();
        for (Row row : rows) {
            for (Resolver resolver : Resolver.values()) {
                String question = row.id + ": " + resolver + " " + row.wanted + " " + row.type + " = ";
                Set<String> answer = resolver.find(row.asking, row.wanted, row.type);
                found.add(question + answer);
                expected.add(question + row.answer());
            }
        }
        assertThat(found).isEqualTo(expected);
    }

    @KernelTest
    void theResolversOfTheSystemAgree() {
        assertAgreed(known());
        assertAgreed(unknown());
    }

    @KernelTest
    void searchDomainsAndDotsAreThoseThatWereAskedFor() { // RC-03, RC-05, pain 27
        for (String dots : List.of("", "ndots:0", "ndots:1", "ndots:5")) {
            SandboxRequest.Builder request = asking("s" + dots.length() + dots.replace(":", ""), "searching");
            request.addSearchDomains("example.com").addResolverOptions(dots.isEmpty() ? "timeout:3" : dots);
            Sandbox searching = lab.controller().createSandbox(request.build());
            join(front, searching, searching.containerId());
            assertThat(Resolver.GETENT.find(searching, "web", A))
                    .as("a name of ours with %s", dots)
                    .contains(of(front, "web", Family.IPV4));
            assertThat(Resolver.GETENT.find(searching, "mail", A))
                    .as("a name in the search domain with %s", dots)
                    .containsExactly("198.51.100.7");
        }
    }

    @KernelTest
    void nothingThatIsKnownInsideIsHeardOutside() throws Exception { // pain 26: whatever passes on any link of the host
        assumeTrue(Permission.isRealRoot(), "tcpdump changes its user, which no user namespace of one user allows");
        Path heard = directory.resolve("heard.pcap");
        Process tcpdump = listening(heard);
        try {
            assertAgreed(known());
            for (String type : List.of("MX", "TXT", "SRV", "TYPE65", "ANY", "SOA")) { // DNS-07, DNS-10
                Resolver.run(both, "dig", "+short", "-t", type, "web");
                Resolver.run(both, "dig", "+short", "+tcp", "-t", type, "base.back.office");
            }
            Resolver.DIG.find(web, "last.example.com", A);
            Awaitility.await().until(() -> wire(heard).contains("\4last\7example\3com"));
        } finally {
            tcpdump.destroy();
            tcpdump.waitFor();
        }
        assertThat(upstream.asked).containsOnly("udp last.example.com. A");
        assertThat(wire(heard))
                .contains("last\7example") // it does hear
                .doesNotContain("\3web\0", "\3www\0", "\4shop", "\6shared", "\3old\0", "\2db\0", "\6office", "\5front")
                .doesNotContain("\14aaaaaaaaaaaa", "\10web-host", "\6nobody", "in-addr", "ip6\4arpa");
    }

    private static Process listening(Path file) throws Exception {
        var builder = new ProcessBuilder("tcpdump", "-i", "any", "-n", "-U", "-s", "0", "-w", file.toString());
        Process process = Permission.LAUNCHER.start(
                TestNetns.here(), builder.redirectErrorStream(true), Deadline.after(Duration.ofSeconds(30)));
        var output = new BufferedReader(new InputStreamReader(process.getInputStream(), ISO_8859_1));
        String line = output.readLine();
        while (line != null && !line.contains("listening on")) {
            line = output.readLine();
        }
        assertThat(line).isNotNull();
        return process;
    }

    private static String wire(Path file) throws Exception {
        return Files.readString(file, ISO_8859_1).toLowerCase(Locale.ROOT);
    }
}
