package io.cnm4j.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cnm4j.api.NetworkController;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.model.ControllerConfig;
import io.cnm4j.api.model.Family;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** What somebody else damages is repaired within a second, under live traffic. */
class WatchTest {
    private static final Duration LIMIT = Duration.ofSeconds(5); // the target is one; these machines are noisy

    @TempDir
    Path directory;

    private final AtomicInteger changes = new AtomicInteger();
    private Lab lab;
    private Sandbox one;
    private Sandbox two;
    private String table;

    @BeforeEach
    void open() {
        lab = new Lab(
                directory,
                new KernelTap() {
                    @Override
                    public void before(String call) {
                        changes.incrementAndGet();
                    }

                    @Override
                    public void after(String call) {}
                },
                config -> config.watch(true));
        var web = lab.network("web");
        one = lab.connected(web, "one");
        two = lab.connected(web, "two");
        table = "cnm4j-" + lab.controller().id().shortForm();
    }

    @AfterEach
    void close() {
        lab.close();
    }

    @KernelTest
    void aFlushedFirewallAndADeletedLinkComeBackUnderALiveConnection() throws Exception {
        String port = "veth"
                + lab.controller()
                        .networkByName("web")
                        .endpointByName("one")
                        .id()
                        .toString()
                        .substring(0, 11);
        try (ServerSocket server = two.call(() -> new ServerSocket(7000));
                Socket client = one.call(() -> {
                    var socket = new Socket();
                    socket.connect(new InetSocketAddress(Lab.address(two, Family.IPV4), 7000), 2000);
                    return socket;
                });
                Socket accepted = server.accept()) {
            echo(client, accepted);
            TestNetns.inHere("nft", "flush", "ruleset");
            await().atMost(LIMIT)
                    .until(() -> TestNetns.execute(TestNetns.here(), "nft", "list", "table", "inet", table)
                                    .status()
                            == 0);
            echo(client, accepted);
            TestNetns.inHere("ip", "link", "del", port);
            await().atMost(LIMIT).until(() -> lab.controller().check().isEmpty());
            echo(client, accepted);
        }
    }

    private static void echo(Socket from, Socket to) throws Exception {
        OutputStream out = from.getOutputStream();
        InputStream in = to.getInputStream();
        out.write(42);
        out.flush();
        to.setSoTimeout(20_000);
        assertThat(in.read()).isEqualTo(42);
    }

    @KernelTest
    void whatTheControllerDoesItselfIsNotTakenForDamage() {
        Sandbox three = lab.connected(lab.controller().networkByName("web"), "three");
        three.delete();
        int before = changes.get();
        TestNetns.inHere("ip", "link", "add", "foreign0", "type", "bridge");
        TestNetns.inHere("ip", "link", "del", "foreign0");
        lab.controller().networkByName("web");
        assertThat(changes).hasValue(before);
    }

    @KernelTest
    void aClosedControllerRepairsNothing() {
        NetworkController closed = lab.controller();
        closed.close();
        TestNetns.inHere("nft", "flush", "ruleset");
        assertThat(TestNetns.inHere("nft", "list", "ruleset")).isEmpty();
        ControllerConfig config = Lab.config(directory);
        try (var again = NetworkController.open(config)) {
            assertThat(again.check()).isEmpty();
            assertThat(TestNetns.inHere("nft", "list", "tables")).contains(table);
        }
        lab.reopen();
    }
}
