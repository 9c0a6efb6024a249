package io.cnm4j.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.api.Endpoint;
import io.cnm4j.api.Network;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.ExtraHost;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.api.model.ServicePort;
import io.cnm4j.api.model.SubnetRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Who finds whom by name: real clients in sandboxes. */
class NamesTest {
    @TempDir
    Path directory;

    private Lab lab;
    private Network front;
    private Network back;
    private Sandbox web;
    private Sandbox both;
    private Sandbox base;
    private Endpoint webEndpoint;

    @BeforeEach
    void world() {
        lab = new Lab(directory);
        front = network("front", 1);
        back = network("back", 2);
        web = sandbox("a".repeat(64), "web-host.example.org");
        both = sandbox("b".repeat(64), "both-host");
        base = sandbox("c".repeat(64), "base-host");
        webEndpoint = front.connect(
                web,
                EndpointRequest.builder()
                        .name("web")
                        .addAliases("www", "Shop.Local")
                        .addServices(ServicePort.of("_http._tcp.web", 8080))
                        .build());
        front.connect(
                both,
                EndpointRequest.builder().name("both").putLinks("db", "web").build());
        back.connect(both, EndpointRequest.named("both"));
        back.connect(
                base, EndpointRequest.builder().name("base").addAliases("www").build());
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

    private Sandbox sandbox(String container, String hostname) {
        return lab.controller()
                .createSandbox(SandboxRequest.builder()
                        .containerId(container)
                        .hostname(hostname)
                        .addNameServers(IpAddress.parse("127.0.0.11")) // that is nobody: DNS-20
                        .build());
    }

    @AfterEach
    void close() {
        lab.close();
    }

    private static String dig(Sandbox sandbox, String... question) {
        var command = new ArrayList<>(List.of("dig", "@127.0.0.11", "+tries=1", "+time=3"));
        command.addAll(List.of(question));
        return Lab.in(sandbox, command.toArray(String[]::new)).output().strip();
    }

    private static String shortly(Sandbox sandbox, String... question) {
        var all = new ArrayList<>(List.of(question));
        all.add("+short");
        return dig(sandbox, all.toArray(String[]::new));
    }

    /** Runs a command with the sandbox' files in their places. */
    private static TestNetns.Result mounted(Sandbox sandbox, String command) {
        String files = "mount --bind " + sandbox.inspect().hostsFile() + " /etc/hosts && mount --bind "
                + sandbox.inspect().resolvConfFile() + " /etc/resolv.conf && ";
        return Lab.in(sandbox, "unshare", "-m", "sh", "-c", files + command);
    }

    @KernelTest
    void namesAliasesShortIdsAndHostNamesAreFoundInBothFamilies() { // SD-01 to SD-03, DNS-01, DNS-04, DNS-05
        for (String name :
                List.of("web", "www", "WEB", "shop.local", "aaaaaaaaaaaa", "web-host.example.org", "web.front")) {
            assertThat(shortly(web, name)).as(name).isEqualTo(Lab.address(web, Family.IPV4));
            assertThat(shortly(web, name, "AAAA")).as(name).isEqualTo(Lab.address(web, Family.IPV6));
        }
        assertThat(dig(web, "wEb")).contains("wEb.", "600\tIN\tA", "flags: qr rd ra;"); // DNS-22, DNS-17
        assertThat(shortly(web, "web", "+tcp")).isEqualTo(Lab.address(web, Family.IPV4));
        assertThat(dig(web, "web", "MX")).contains("NOERROR", "ANSWER: 0"); // DNS-07
        assertThat(dig(web, "web", "TXT")).contains("NOERROR", "ANSWER: 0");
    }

    @KernelTest
    void namesAreThoseOfTheNetworksOfTheSandbox() { // DNS-11, DNS-12
        assertThat(shortly(both, "base")).isNotEmpty();
        assertThat(shortly(both, "web")).isNotEmpty();
        assertThat(dig(web, "base")).contains("SERVFAIL"); // another network, and nobody else to ask: DNS-19
        assertThat(shortly(both, "www.back")).isEqualTo(shortly(both, "base"));
        assertThat(shortly(both, "www.front")).isEqualTo(shortly(both, "web"));
        assertThat(shortly(both, "db")).isEqualTo(shortly(both, "web")); // SD-08
        assertThat(dig(web, "db")).contains("SERVFAIL"); // private to its sandbox
    }

    @KernelTest
    void addressesHaveNames() { // DNS-08
        String ipv4 = shortly(both, "web");
        assertThat(shortly(both, "-x", ipv4)).isEqualTo("web.front.");
        assertThat(shortly(both, "-x", shortly(both, "base", "AAAA"))).isEqualTo("base.back.");
        assertThat(dig(both, "PTR", "a.b.in-addr.arpa")).contains("SERVFAIL");
    }

    @KernelTest
    void servicesAreFound() { // DNS-09
        assertThat(shortly(both, "_http._tcp.web", "SRV")).isEqualTo("0 0 8080 web.");
        assertThat(dig(both, "_http._tcp.web", "SRV")).contains("web.\t\t\t600\tIN\tA\t" + shortly(both, "web"));
    }

    @KernelTest
    void namesGoWithTheirEndpoint() { // SD-04
        webEndpoint.disconnect();
        assertThat(dig(both, "web")).contains("SERVFAIL");
        assertThat(shortly(both, "www")).isEqualTo(shortly(both, "base"));
        base.delete();
        assertThat(dig(both, "www")).contains("SERVFAIL");
    }

    @KernelTest
    void aRestartTakesUpTheServers() {
        String before = shortly(both, "web");
        lab.reopen();
        assertThat(lab.controller().check()).isEmpty();
        assertThat(shortly(both, "web")).isEqualTo(before);
        assertThat(shortly(both, "web", "+tcp")).isEqualTo(before);
    }

    @KernelTest
    void clientsOfTheSystemAgree() { // the real libc with the real files
        String address = Lab.address(web, Family.IPV4);
        assertThat(mounted(both, "getent ahostsv4 web").output()).startsWith(address);
        assertThat(mounted(both, "getent hosts " + address).output()).contains("web.front");
        assertThat(mounted(both, "busybox nslookup web").output()).contains("Address", address);
        assertThat(mounted(web, "getent ahostsv4 web-host").output()).startsWith(address); // its own, by the hosts file
        assertThat(mounted(both, "busybox netstat -lnu").output()).contains("127.0.0.11:21053");
        assertThat(mounted(
                                both,
                                "busybox nc -l -p 53 & for i in 1 2 3 4 5 6 7 8 9; do busybox netstat -lnt | grep -q :53 && break;"
                                        + " done; getent ahostsv4 web; kill $!")
                        .output())
                .as("a server in the container may have port 53")
                .startsWith(address);
    }

    @KernelTest
    void filesFollowTheEndpointsInPlace() throws IOException { // HO-02 to HO-08, RC-05
        Path hosts = both.inspect().hostsFile();
        Path resolver = both.inspect().resolvConfFile();
        Object inode = Files.getAttribute(hosts, "unix:ino");
        assertThat(Files.readString(resolver)).contains("nameserver 127.0.0.11\n", "ndots:0");
        assertThat(Files.readAllLines(hosts))
                .containsSubsequence("127.0.0.1\tlocalhost", "ff02::2\tip6-allrouters")
                .contains("10.1.0.3\tboth-host", "10.2.0.2\tboth-host", "fd00:1::3\tboth-host");
        assertThat(Files.readString(web.inspect().hostsFile())).contains("\tweb-host.example.org web-host\n");
        Files.writeString(hosts, "192.0.2.7\tmine\n", StandardOpenOption.APPEND);
        both.endpoints().get(0).disconnect();
        assertThat(Files.readString(hosts)).contains("192.0.2.7\tmine\n").doesNotContain("10.2.0.2");
        assertThat(Files.getAttribute(hosts, "unix:ino")).isEqualTo(inode);
        both.endpoints().get(0).disconnect();
        assertThat(Files.readString(resolver)).doesNotContain("ndots"); // on no network that resolves: RC-04, DNS-02
    }

    @KernelTest
    void editedResolverFilesAreLeftAlone() throws IOException { // RC-08, RC-09
        Sandbox edited = sandbox("edited", "edited");
        Path resolver = edited.inspect().resolvConfFile();
        Files.writeString(resolver, "nameserver 192.0.2.9\n");
        front.connect(edited, EndpointRequest.named("edited"));
        assertThat(Files.readString(resolver)).isEqualTo("nameserver 192.0.2.9\n");
        assertThat(lab.controller().check()).isEmpty();
    }

    @KernelTest
    void aNamespaceOfTheCallerIsAsBeforeWhenTheSandboxIsGone() { // also when its record goes without a delete
        try (TestNetns theirs = lab.neighbour("theirs", "192.0.2.1/24", "192.0.2.2/24")) {
            var request = SandboxRequest.builder()
                    .containerId("guest")
                    .namespace(Path.of(theirs.path()))
                    .build();
            front.connect(lab.controller().createSandbox(request), EndpointRequest.named("guest"));
            assertThat(theirs.run("dig", "@127.0.0.11", "+short", "web")).contains("10.1.0.2");
            assertThat(theirs.run("nft", "list", "ruleset")).contains("udp dport set 21053");
            lab.controller().destroySandbox("guest");
            assertThat(theirs.run("nft", "list", "ruleset")).isBlank();
            front.connect(lab.controller().createSandbox(request), EndpointRequest.named("guest"));
            lab.reopen(config -> config.activeContainers(Set.of()));
            assertThat(theirs.run("nft", "list", "ruleset")).isBlank();
        }
    }

    @KernelTest
    void aReaderNeverSeesHalfALine() throws Exception { // HO-08
        Path hosts = both.inspect().hostsFile();
        var done = new AtomicBoolean();
        var torn = new CopyOnWriteArrayList<String>();
        var reader = new Thread(() -> {
            while (!done.get()) {
                torn.addAll(lines(hosts).stream()
                        .filter(line -> !line.matches("|#.*|[0-9a-f.:]+\t[-a-z0-9 ]*(localhost|ip6|both-host).*"))
                        .toList());
            }
        });
        reader.start();
        for (int i = 0; i < 50; i++) {
            back.endpointByName("both").disconnect();
            back.connect(both, EndpointRequest.named("both"));
        }
        done.set(true);
        reader.join();
        assertThat(torn).isEmpty();
    }

    /** Returns what one read sees: by a second one the file may have grown. */
    private static List<String> lines(Path file) {
        try (var in = Files.newByteChannel(file)) {
            var octets = ByteBuffer.allocate(4096);
            int count = in.read(octets);
            return new String(octets.array(), 0, Math.max(0, count), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @KernelTest
    void extraHostsAndTheGatewayAreWritten() throws IOException {
        Sandbox extra = lab.controller()
                .createSandbox(SandboxRequest.builder()
                        .containerId("extra")
                        .addExtraHosts(
                                ExtraHost.parse("other:192.0.2.8"), ExtraHost.parse("host.internal:host-gateway"))
                        .build());
        Path hosts = extra.inspect().hostsFile();
        assertThat(Files.readString(hosts)).contains("192.0.2.8\tother\n").doesNotContain("host.internal");
        front.connect(extra, EndpointRequest.named("extra"));
        assertThat(Files.readString(hosts)).contains("10.1.0.1\thost.internal\n");
    }

    @KernelTest
    void withoutResolutionLinksAreLinesOfTheHostsFile() throws IOException { // SB-08: they follow whom they name
        Network old = lab.controller()
                .createNetwork(NetworkRequest.builder()
                        .name("old")
                        .resolution(false)
                        .addSubnets(SubnetRequest.of("10.9.0.0/24"))
                        .build());
        Sandbox store = sandbox("store", "store-host");
        EndpointRequest first =
                EndpointRequest.builder().name("store").addAliases("Kept").build();
        Endpoint endpoint = old.connect(store, first);
        Sandbox app = sandbox("app", "app-host");
        old.connect(
                app,
                EndpointRequest.builder().name("app").putLinks("db", "kept").build());
        Path hosts = app.inspect().hostsFile();
        assertThat(Files.readString(hosts)).contains("10.9.0.2\tdb store-host store\n");
        assertThat(mounted(app, "getent hosts db").output()).startsWith("10.9.0.2");
        assertThat(mounted(web, "getent hosts store").output()).isEmpty();
        endpoint.disconnect();
        assertThat(Files.readString(hosts)).doesNotContain("store");
        old.connect(
                store,
                EndpointRequest.builder()
                        .from(first)
                        .ipv4(IpAddress.parse("10.9.0.77"))
                        .build());
        assertThat(Files.readString(hosts)).contains("10.9.0.77\tdb store-host store\n");
        lab.reopen();
        assertThat(lab.controller().check()).isEmpty();
        lab.controller().destroySandbox("store");
        assertThat(Files.readString(hosts)).doesNotContain("store").contains("10.9.0.3\tapp-host");
        assertThat(lab.controller().check()).isEmpty();
    }
}
