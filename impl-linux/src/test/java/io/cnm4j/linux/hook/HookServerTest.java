package io.cnm4j.linux.hook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cnm4j.api.error.ConfigurationException;
import io.cnm4j.api.error.NotFoundException;
import io.cnm4j.api.model.RuntimeHook;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What hooks say and hear. XK-01 to XK-04 */
class HookServerTest {
    @TempDir
    Path directory;

    private final List<String> taken = new ArrayList<>();
    private HookServer server;

    @BeforeEach
    void open() throws IOException {
        Files.writeString(directory.resolve("hook.sock"), "left by a process that was killed");
        server = HookServer.open(directory.resolve("hook.sock"), Duration.ofSeconds(5), (container, namespace) -> {
            if (container.equals("unknown")) {
                throw new NotFoundException("container 'unknown' has no sandbox");
            }
            taken.add(container + " " + namespace);
        });
    }

    @AfterEach
    void close() {
        server.close();
        assertThat(server.hook().socket()).doesNotExist();
    }

    private String said(String message, boolean ends) throws IOException {
        try (SocketChannel channel =
                SocketChannel.open(UnixDomainSocketAddress.of(server.hook().socket()))) {
            channel.write(ByteBuffer.wrap(message.getBytes(StandardCharsets.UTF_8)));
            if (ends) {
                channel.shutdownOutput();
            }
            ByteBuffer answer = ByteBuffer.allocate(8192);
            while (channel.read(answer) >= 0) {
                assertThat(answer.hasRemaining()).isTrue();
            }
            return new String(answer.array(), 0, answer.position(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void theSocketIsItsOwnersAlone() throws IOException { // XK-01
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(server.hook().socket())))
                .isEqualTo("rw-------");
    }

    @Test
    void aStateAndTheMessageOfLibnetworkAreUnderstood() throws IOException { // XK-02, XK-03
        assertThat(said(
                        "{\"ociVersion\": \"1.0.2\", \"id\": \"web\", \"pid\": 4711, \"annotations\": {\"pid\": \"1\"}}",
                        true))
                .isEqualTo("success");
        assertThat(said("{\"ContainerID\": \"db\", \"Key\": \"/proc/12/ns/net\", \"OTelTrace\": {}}", false))
                .isEqualTo("success");
        assertThat(taken).containsExactly("web /proc/4711/ns/net", "db /proc/12/ns/net");
    }

    @Test
    void whatIsNoMessageIsRefusedAndTheNextIsHeard() throws IOException {
        String large = "{\"id\": \"" + "x".repeat(HookMessage.MOST) + "\", \"pid\": 1}";
        for (String wrong : List.of(
                "",
                "hello",
                "[]",
                "{\"id\": \"web\"}",
                "{\"id\": \"web\", \"pid\": -1}",
                "{\"id\": \"web\", \"pid\": \"1\"}",
                "{\"id\": \"web\", \"pid\": 1e99}",
                "{\"ContainerID\": \"a\", \"Key\": \"\\u0000\"}",
                "[".repeat(20_000))) {
            assertThat(said(wrong, true))
                    .as(wrong)
                    .startsWith("what the hook sent")
                    .isNotEqualTo("success");
        }
        assertThat(HookMessage.MOST).isLessThan(large.length());
        assertThatThrownBy(() ->
                        HookMessage.read(new java.io.ByteArrayInputStream(large.getBytes(StandardCharsets.UTF_8))))
                .isInstanceOf(io.cnm4j.api.error.InvalidRequestException.class);
        assertThat(said("{\"id\": \"unknown\", \"pid\": 1}", true)).contains("'unknown'"); // XK-04
        assertThat(taken).isEmpty();
        assertThat(said("{\"id\": \"web\", \"pid\": 1}", true)).isEqualTo("success");
    }

    @Test
    void theProgramPassesTheStateOnAndEndsAsTheAnswerSays() throws Exception { // XK-02, XK-03
        assertThat(run("{\"id\": \"web\", \"pid\": 4711}")).isEqualTo("0 ");
        assertThat(taken).containsExactly("web /proc/4711/ns/net");
        assertThat(run("{\"id\": \"unknown\", \"pid\": 1}")).isEqualTo("1 container 'unknown' has no sandbox\n");
        server.close();
        assertThat(run("{}")).startsWith("1 cnm4j does not answer at ");
    }

    private String run(String state) throws Exception {
        RuntimeHook hook = server.hook();
        var command = new ArrayList<>(hook.arguments());
        command.set(0, hook.program().toString());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (var in = process.getOutputStream()) {
            in.write(state.getBytes(StandardCharsets.UTF_8));
        }
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return process.exitValue() + " " + said;
    }

    @Test
    void theHookIsJson() {
        var hook = new RuntimeHook(Path.of("/a b"), List.of("x\"y\\z", "tab\t"), Duration.ofSeconds(40), Path.of("/s"));
        assertThat(hook.json())
                .isEqualTo("{\"path\": \"/a b\", \"args\": [\"x\\\"y\\\\z\", \"tab\\u0009\"], \"timeout\": 40}");
    }

    @Test
    void aPathThatIsTooLongIsSaid() {
        assertThatThrownBy(
                        () -> HookServer.open(directory.resolve("x".repeat(108)), Duration.ofSeconds(1), (c, n) -> {}))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("107");
    }
}
