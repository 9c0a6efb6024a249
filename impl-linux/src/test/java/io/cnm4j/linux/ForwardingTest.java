package io.cnm4j.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.api.NameListener;
import io.cnm4j.api.Network;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.NameAnswer;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.api.model.SubnetRequest;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/** What we do not know is asked of others. */
class ForwardingTest {
    @TempDir
    Path directory;

    private final List<NameAnswer> answers = new CopyOnWriteArrayList<>();
    private final List<String> failures = new CopyOnWriteArrayList<>();
    private Lab lab;
    private Network network;
    private TestUpstream first;
    private TestUpstream second;
    private Sandbox client;

    @BeforeEach
    void world() throws Exception {
        lab = new Lab(
                directory,
                KernelTap.NONE,
                config -> config.nameListener(new NameListener() {
                    @Override
                    public void answered(NameAnswer answer) {
                        answers.add(answer);
                    }

                    @Override
                    public void upstreamFailed(String containerId, IpAddress upstream) {
                        failures.add(containerId + " " + upstream);
                    }
                }));
        network = lab.controller()
                .createNetwork(NetworkRequest.builder()
                        .name("net")
                        .addSubnets(SubnetRequest.of("10.1.0.0/24"))
                        .build());
        first = new TestUpstream(server("one", "10.1.0.11"), query -> TestUpstream.address(query, "192.0.2.1", 60));
        second = new TestUpstream(server("two", "10.1.0.12"), query -> TestUpstream.address(query, "192.0.2.2", 60));
        client = lab.controller().createSandbox(asking("client").build());
        network.connect(client, EndpointRequest.named("client"));
    }

    private static SandboxRequest.Builder asking(String container) {
        SandboxRequest.Builder request = new SandboxRequest.Builder();
        request.containerId(container)
                .addNameServers(
                        IpAddress.parse("127.0.0.11"), IpAddress.parse("10.1.0.11"), IpAddress.parse("10.1.0.12"));
        return request;
    }

    private Sandbox server(String container, String address) {
        Sandbox sandbox = lab.sandbox(container);
        network.connect(
                sandbox,
                EndpointRequest.builder()
                        .name(container)
                        .ipv4(IpAddress.parse(address))
                        .build());
        return sandbox;
    }

    @AfterEach
    void close() throws Exception {
        first.close();
        second.close();
        lab.close();
    }

    private String dig(String... question) {
        var command = new ArrayList<>(List.of("dig", "@127.0.0.11", "+tries=1", "+time=6"));
        command.addAll(List.of(question));
        return Lab.in(client, command.toArray(String[]::new)).output().strip();
    }

    private static Optional<Message> silence(Message query) {
        return Optional.empty();
    }

    @KernelTest
    void theFirstIsAskedAndTheAnswerKept() {
        assertThat(dig("Example.COM", "+short")).isEqualTo("192.0.2.1");
        assertThat(dig("eXample.com")).contains(";eXample.com.", "192.0.2.1"); // DNS-22
        assertThat(first.asked).containsExactly("udp Example.COM. A");
        assertThat(second.asked).isEmpty();
        assertThat(dig("example.com", "+tcp", "+short")).isEqualTo("192.0.2.1"); // DNS-14: the same way as it was asked
        assertThat(first.asked).containsExactly("udp Example.COM. A", "tcp example.com. A");
    }

    @KernelTest
    void whatIsOursNeverLeaves() {
        dig("one");
        dig("one", "AAAA"); // DNS-05
        dig("one", "MX");
        dig("one", "TXT");
        dig("one", "TYPE65");
        dig("one.net", "AAAA");
        dig("-x", "10.1.0.11");
        assertThat(first.asked).isEmpty();
        assertThat(second.asked).isEmpty();
    }

    @KernelTest
    void whoseAnAddressIsThatUpstreamsGiveAsWellTheyAreAsked() { // DNS-18
        first.answers(query -> query.getQuestion().getType() == Type.PTR
                ? TestUpstream.pointer(query, "theirs.example.com.")
                : TestUpstream.address(query, "10.1.0.11", 60));
        assertThat(dig("-x", "10.1.0.11", "+short")).isEqualTo("one.net.");
        assertThat(dig("theirs.example.com", "+short")).isEqualTo("10.1.0.11");
        assertThat(dig("-x", "10.1.0.11", "+short")).isEqualTo("theirs.example.com.");
        assertThat(dig("-x", "10.1.0.12", "+short")).isEqualTo("two.net.");
        Sandbox other = lab.controller().createSandbox(asking("other").build());
        network.connect(other, EndpointRequest.named("other"));
        assertThat(Resolver.DIG.find(other, "10.1.0.11", Resolver.Type.PTR))
                .as("another sandbox asked for nothing")
                .containsExactly("one.net");
    }

    @KernelTest
    void anUpstreamThatRefusesIsPassedOver() { // DNS-15
        first.answers(query -> TestUpstream.code(query, Rcode.SERVFAIL));
        assertThat(dig("example.com", "+short")).isEqualTo("192.0.2.2");
        second.answers(query -> TestUpstream.code(query, Rcode.REFUSED));
        assertThat(dig("other.example.com")).contains("REFUSED"); // the last says why
    }

    @KernelTest
    void aNameThatDoesNotExistIsAnAnswer() { // DNS-15, *36
        first.answers(query -> TestUpstream.code(query, Rcode.NXDOMAIN));
        assertThat(dig("none.example.com")).contains("NXDOMAIN");
        assertThat(dig("none.example.com")).contains("NXDOMAIN");
        assertThat(first.asked).hasSize(1);
        assertThat(second.asked).isEmpty();
    }

    @KernelTest
    void aListenerIsToldWhereAnswersCameFrom() throws Exception { // pain 30
        first.close();
        dig("one");
        dig("example.com");
        dig("example.com");
        assertThat(answers)
                .extracting(NameAnswer::source)
                .containsExactly(NameAnswer.Source.LOCAL, NameAnswer.Source.UPSTREAM, NameAnswer.Source.CACHE);
        assertThat(answers).allMatch(answer -> answer.containerId().equals("client") && answer.code() == 0);
        assertThat(failures).containsExactly("client 10.1.0.11");
    }

    @KernelTest
    void aSilentUpstreamIsPassedOverAndAskedLastThen() {
        first.answers(ForwardingTest::silence);
        assertThat(dig("example.com", "+short")).isEqualTo("192.0.2.2");
        assertThat(dig("other.example.com", "+short")).isEqualTo("192.0.2.2");
        assertThat(first.asked).hasSize(1);
    }

    @KernelTest
    void whenAllAreSilentThereIsStillAnAnswer() throws Exception { // *35, *54
        first.close(); // nobody is there
        second.answers(ForwardingTest::silence);
        assertThat(dig("example.com")).contains("SERVFAIL");
    }

    @KernelTest
    void anOldAnswerIsBetterThanNone() throws Exception { // RFC 8767
        first.answers(query -> TestUpstream.address(query, "192.0.2.1", 1));
        second.answers(ForwardingTest::silence);
        assertThat(dig("example.com", "+short")).isEqualTo("192.0.2.1");
        first.close();
        Awaitility.await().until(() -> dig("example.com").contains("\t30\t")); // its time is over
        assertThat(dig("example.com", "+short")).isEqualTo("192.0.2.1");
    }

    @KernelTest
    void whoAsksTooMuchWaitsAndIsToldSo() throws Exception { // DNS-16, pain 25
        first.answers(ForwardingTest::silence);
        second.answers(ForwardingTest::silence);
        int questions = 1_100; // of 1,024
        try (DatagramSocket socket = client.call(() -> new DatagramSocket())) {
            socket.connect(new InetSocketAddress("127.0.0.11", 53));
            for (int i = 0; i < questions; i++) {
                ask(socket, "n" + i + ".example.com.");
                if (i % 50 == 0) { // so that the socket is never full
                    ask(socket, "one.");
                    socket.receive(new DatagramPacket(new byte[512], 512));
                }
            }
            long start = System.nanoTime();
            assertThat(dig("one", "+short")).isEqualTo("10.1.0.11");
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .as("a name of ours meanwhile")
                    .isLessThan(Duration.ofSeconds(2));
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> unanswered().size() == questions);
        }
        assertThat(unanswered()).allMatch(answer -> answer.code() == Rcode.SERVFAIL || answer.code() == Rcode.REFUSED);
    }

    private static void ask(DatagramSocket socket, String name) throws IOException {
        byte[] message = Message.newQuery(Record.newRecord(Name.fromString(name), Type.A, DClass.IN))
                .toWire();
        socket.send(new DatagramPacket(message, message.length));
    }

    private List<NameAnswer> unanswered() {
        return answers.stream()
                .filter(answer -> answer.source() == NameAnswer.Source.NOBODY)
                .toList();
    }

    @KernelTest
    void anInternalNetworkAsksNobodyOutside() { // DNS-14, DNS-19, *54
        Network internal = lab.controller()
                .createNetwork(NetworkRequest.builder()
                        .name("internal")
                        .internal(true)
                        .addSubnets(SubnetRequest.of("10.2.0.0/24"))
                        .build());
        Sandbox inside = lab.controller().createSandbox(asking("inside").build());
        internal.connect(inside, EndpointRequest.named("inside"));
        assertThat(Lab.in(inside, "dig", "@127.0.0.11", "+tries=1", "+time=6", "example.com")
                        .output())
                .contains("SERVFAIL");
        assertThat(first.asked).isEmpty();
        assertThat(Lab.in(inside, "dig", "@127.0.0.11", "+short", "inside")
                        .output()
                        .strip())
                .isEqualTo("10.2.0.2");
    }
}
