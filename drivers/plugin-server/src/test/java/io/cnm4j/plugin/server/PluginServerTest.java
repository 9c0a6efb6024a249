package io.cnm4j.plugin.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cnm4j.api.ControllerId;
import io.cnm4j.api.error.ConfigurationException;
import io.cnm4j.api.error.PluginException;
import io.cnm4j.driver.bridge.BridgeDriver;
import io.cnm4j.driver.ipam.PoolIpamDriver;
import io.cnm4j.driver.remote.client.Limits;
import io.cnm4j.driver.remote.client.Plugin;
import io.cnm4j.driver.remote.client.PluginHttp;
import io.cnm4j.driver.remote.client.PluginSearch;
import io.cnm4j.driver.remote.conformance.Conformance;
import io.cnm4j.driver.remote.conformance.Rule;
import io.cnm4j.driver.remote.protocol.EndpointInterface;
import io.cnm4j.driver.remote.protocol.Fields;
import io.cnm4j.driver.remote.protocol.JoinAnswer;
import io.cnm4j.driver.remote.protocol.Method;
import io.cnm4j.driver.remote.protocol.NetworkCapabilities;
import io.cnm4j.driver.remote.protocol.PoolAnswer;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.host.RunDirectory;
import io.cnm4j.tck.FakeExecutor;
import io.cnm4j.tck.FakeHost;
import io.cnm4j.tck.MemoryStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bridge driver and the address pools, asked over a socket as the engine asks. */
class PluginServerTest {
    private static final String NETWORK = "a".repeat(64);
    private static final String ENDPOINT = "b".repeat(64);
    private static final List<String> FIELDS = List.of(
            "NetworkID",
            "EndpointID",
            "Options",
            "IPv4Data",
            "IPv6Data",
            "Interface",
            "SandboxKey",
            "DiscoveryType",
            "DiscoveryData",
            "AddressSpace",
            "Pool",
            "SubPool",
            "V6",
            "PoolID",
            "Address");

    @TempDir
    Path directory;

    private final FakeHost host = new FakeHost();
    private final MemoryStore records = new MemoryStore();
    private final PluginHttp http = new PluginHttp(1 << 20);
    private PluginServer server;
    private Plugin plugin;

    @BeforeEach
    void start() {
        var served = new ServedHost(
                new ControllerId("c".repeat(64)),
                new FakeExecutor(host),
                host,
                records.reopen(),
                new RunDirectory("/run/served"),
                true,
                new Random(1));
        server = PluginServer.start(
                directory.resolve("cnm4j.sock"),
                Optional.of(directory.resolve("by-file.spec")),
                List.of(
                        new NetworkService(new BridgeDriver(), false, served),
                        new IpamService(new PoolIpamDriver(), served)));
        plugin = new Plugin(
                "cnm4j",
                new PluginSearch(List.of(directory), List.of(directory)),
                http,
                Limits.USUAL,
                System::nanoTime,
                Map.of());
    }

    @AfterEach
    void stop() {
        server.close();
        http.close();
    }

    private <T> T ask(Method method, Map<String, Object> request, Function<Fields, T> read) {
        return plugin.call(method, request, Deadline.after(Duration.ofSeconds(10)), read);
    }

    private void ask(Method method, Map<String, Object> request) {
        ask(method, request, Fields::values);
    }

    private static Map<String, Object> ids() {
        return Map.of("NetworkID", NETWORK, "EndpointID", ENDPOINT);
    }

    private void createNetwork() {
        ask(
                Method.CREATE_NETWORK,
                Map.of(
                        "NetworkID",
                        NETWORK,
                        "Options",
                        Map.of("com.docker.network.generic", Map.of("com.docker.network.bridge.name", "br-served")),
                        "IPv4Data",
                        List.of(Map.of("AddressSpace", "x", "Pool", "10.5.0.0/24", "Gateway", "10.5.0.1/24")),
                        "IPv6Data",
                        List.of()));
    }

    private JoinAnswer connect() {
        EndpointInterface given = ask(
                Method.CREATE_ENDPOINT,
                Map.of(
                        "NetworkID",
                        NETWORK,
                        "EndpointID",
                        ENDPOINT,
                        "Interface",
                        Map.of("Address", "10.5.0.2/24", "AddressIPv6", "", "MacAddress", "")),
                EndpointInterface::in);
        assertThat(given.mac()).isPresent();
        assertThat(given.ipv4()).isEmpty();
        return ask(
                Method.JOIN,
                Map.of("NetworkID", NETWORK, "EndpointID", ENDPOINT, "SandboxKey", "/x"),
                JoinAnswer::read);
    }

    @Test
    void itSaysWhatItIs() {
        assertThat(ask(Method.NETWORK_CAPABILITIES, Map.of(), NetworkCapabilities::read))
                .isEqualTo(new NetworkCapabilities("local", "local", true));
        assertThat(ask(Method.ADDRESS_SPACES, Map.of(), fields -> fields.text("LocalDefaultAddressSpace"))
                        .length())
                .isPositive();
        assertThat(new PluginSearch(List.of(), List.of(directory)).find("by-file"))
                .hasValueSatisfying(address -> assertThat(address.toString()).endsWith("cnm4j.sock"));
    }

    @Test
    void aNetworkAndAnEndpointAreMadeAndGoWithoutATrace() {
        String before = host.dump();
        createNetwork();
        assertThat(host.link("br-served")).isPresent();
        JoinAnswer answer = connect();
        String source = answer.link().orElseThrow().source();
        assertThat(answer.link().orElseThrow().prefix()).isEqualTo("eth");
        assertThat(answer.gateway4())
                .hasValueSatisfying(gateway -> assertThat(gateway).hasToString("10.5.0.1"));
        assertThat(host.link(source)).isPresent();
        assertThatThrownBy(() -> ask(Method.DELETE_NETWORK, Map.of("NetworkID", NETWORK)))
                .isInstanceOf(PluginException.class)
                .hasMessageContaining("1 endpoint(s)");
        ask(Method.LEAVE, ids());
        ask(Method.DELETE_ENDPOINT, ids());
        ask(Method.DELETE_NETWORK, Map.of("NetworkID", NETWORK));
        assertThat(host.differencesSince(before)).isEmpty();
    }

    @Test
    void aRestartLosesNothingAndRemovesWhatNobodyAskedFor() {
        createNetwork();
        String source = connect().link().orElseThrow().source();
        PoolAnswer pool = ask(
                Method.REQUEST_POOL, Map.of("AddressSpace", "cnm4j-local", "Pool", "10.6.0.0/24"), PoolAnswer::read);
        String first = address(pool);
        server.close();
        assertThat(Files.exists(directory.resolve("cnm4j.sock"))).isFalse();
        host.removeTable("cnm4j-" + "c".repeat(12));
        host.withMarkedLink("left", "bridge", "cnm4j " + "c".repeat(12) + " network 0123");

        start();
        assertThat(host.link("left")).isEmpty();
        assertThat(host.dump()).contains("table inet cnm4j-" + "c".repeat(12));
        assertThat(host.link(source)).isPresent();
        assertThat(address(pool)).isNotEqualTo(first);
        ask(Method.LEAVE, ids());
        ask(Method.DELETE_ENDPOINT, ids());
        ask(Method.DELETE_NETWORK, Map.of("NetworkID", NETWORK));
        ask(Method.RELEASE_ADDRESS, Map.of("PoolID", pool.id(), "Address", first.replaceAll("/.*", "")));
        ask(Method.RELEASE_POOL, Map.of("PoolID", pool.id()));
        assertThat(records.list("")).isEmpty();
    }

    private void program(List<Map<String, Object>> bindings) {
        ask(
                Method.PROGRAM_CONNECTIVITY,
                Map.of(
                        "NetworkID",
                        NETWORK,
                        "EndpointID",
                        ENDPOINT,
                        "Options",
                        Map.of("com.docker.network.portmap", bindings)));
    }

    private static Map<String, Object> binding(String address, int host, int last) {
        return Map.of("Proto", 6, "IP", "", "Port", 80, "HostIP", address, "HostPort", host, "HostPortEnd", last);
    }

    @Test // RN-12, RN-13
    void portsArePublishedAndGoWithTheSandbox() {
        String before = host.dump();
        createNetwork();
        connect();
        String connected = host.dump();
        program(List.of(binding("", 8080, 8080), binding("127.0.0.1", 0, 0)));
        String published = host.dump();
        assertThat(host.differencesSince(connected)).anyMatch(line -> line.contains("8080"));
        program(List.of(binding("", 8080, 8080), binding("127.0.0.1", 0, 0)));
        assertThat(host.differencesSince(published)).as("said again").isEmpty();

        server.close();
        start();
        assertThat(host.differencesSince(published)).as("after a restart").isEmpty();
        ask(Method.REVOKE_CONNECTIVITY, ids());
        assertThat(host.differencesSince(connected)).isEmpty();
        program(List.of(binding("", 8080, 8089)));
        ask(Method.LEAVE, ids());
        assertThat(host.dump()).doesNotContain("8080");
        ask(Method.DELETE_ENDPOINT, ids());
        ask(Method.DELETE_NETWORK, Map.of("NetworkID", NETWORK));
        assertThat(host.differencesSince(before)).isEmpty();
        assertThat(records.list("")).isEmpty();
    }

    @Test
    void portsThatMakeNoSenseAreRefusedAndChangeNothing() {
        createNetwork();
        connect();
        String before = host.dump();
        for (List<Map<String, Object>> wrong : List.of(
                List.of(Map.<String, Object>of("Proto", 1, "Port", 80)),
                List.of(Map.<String, Object>of("Proto", 6, "Port", 0)),
                List.of(Map.<String, Object>of("Proto", 6, "Port", "80")),
                List.of(binding("here", 8080, 8080)),
                List.of(binding("", 65536, 65536)),
                List.of(binding("", -1, -1)),
                List.of(binding("", 8080, 8080), binding("0.0.0.0", 8080, 8080)))) {
            assertThatThrownBy(() -> program(wrong)).as("%s", wrong).isInstanceOf(PluginException.class);
            assertThat(host.differencesSince(before)).isEmpty();
        }
    }

    private String address(PoolAnswer pool) {
        return ask(
                Method.REQUEST_ADDRESS, Map.of("PoolID", pool.id(), "Address", ""), fields -> fields.text("Address"));
    }

    @Test
    void whatMakesNoSenseIsRefusedAndChangesNothing() {
        String before = host.dump();
        for (Map<String, Object> wrong : List.<Map<String, Object>>of(
                Map.of("NetworkID", 7),
                Map.of("NetworkID", "short"),
                Map.of("NetworkID", NETWORK, "IPv4Data", "all"),
                Map.of("NetworkID", NETWORK, "IPv4Data", List.of(Map.of("Pool", "everywhere"))),
                Map.of("NetworkID", NETWORK, "Options", List.of()))) {
            assertThatThrownBy(() -> ask(Method.CREATE_NETWORK, wrong)).isInstanceOf(PluginException.class);
        }
        assertThatThrownBy(() -> ask(Method.JOIN, ids())).hasMessageContaining("not found");
        assertThat(host.differencesSince(before)).isEmpty();
        assertThat(records.list("")).isEmpty();
    }

    @Test
    void aRequestOfWrongTypesIsRefusedByEachMethodAndChangesNothing() {
        String before = host.dump();
        for (Method method : EnumSet.complementOf(EnumSet.of(Method.ACTIVATE))) {
            for (Object wrong :
                    List.of(7, -1e99, true, "x", "", List.of(), List.of(7), Map.of(), Map.of("x", List.of()))) {
                var request = new TreeMap<String, Object>();
                FIELDS.forEach(field -> request.put(field, wrong));
                try {
                    ask(method, request);
                } catch (PluginException refused) {
                    assertThat(refused.answer()).isEqualTo(PluginException.Answer.REFUSED);
                    assertThat(refused).as("%s %s", method, wrong).hasMessageNotContaining("HTTP status");
                }
            }
        }
        assertThat(host.differencesSince(before)).isEmpty();
        assertThat(records.list("")).isEmpty();
    }

    @Test
    void itKeepsTheRulesThatPluginsMustKeep() {
        String before = host.dump();
        try (var conformance = new Conformance(directory.resolve("cnm4j.sock"))) {
            assertThat(conformance.run())
                    .containsOnlyKeys(Rule.values())
                    .allSatisfy((rule, why) -> assertThat(why).as("%s", rule).isEmpty());
        }
        assertThat(host.differencesSince(before)).isEmpty();
        assertThat(records.list("")).isEmpty();
    }

    @Test
    void connectionsEndWithTheServer() throws Exception { // so that the engine does not wait on one for an answer
        server.close();
        UnixDomainSocketAddress socket = UnixDomainSocketAddress.of(server.socket());
        for (int i = 0; i < 100; i++) {
            server = PluginServer.start(server.socket(), Optional.empty(), List.of());
            try (SocketChannel connection = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                connection.connect(socket);
                connection.write(ByteBuffer.wrap(
                        "POST /Plugin.Activate HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n".getBytes(US_ASCII)));
                assertThat(connection.read(ByteBuffer.allocate(4096))).isPositive();
                server.close();
                assertThat(CompletableFuture.supplyAsync(() -> end(connection)))
                        .as("end of the connection in round %s", i)
                        .succeedsWithin(Duration.ofSeconds(10))
                        .isEqualTo(-1);
            }
        }
    }

    private static int end(SocketChannel connection) {
        try {
            return connection.read(ByteBuffer.allocate(1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aSecondServerOnTheSameSocketIsRefused() {
        assertThatThrownBy(() -> PluginServer.start(directory.resolve("cnm4j.sock"), Optional.empty(), List.of()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("listens");
        ask(Method.IPAM_CAPABILITIES, Map.of());
    }
}
