package io.cnm4j.driver.remote.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cnm4j.api.error.CnmException;
import io.cnm4j.api.error.DeadlineException;
import io.cnm4j.api.error.NotFoundException;
import io.cnm4j.api.error.PluginException;
import io.cnm4j.api.error.UnsupportedException;
import io.cnm4j.driver.remote.protocol.Fields;
import io.cnm4j.driver.remote.protocol.Method;
import io.cnm4j.driver.remote.protocol.NetworkCapabilities;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.tck.FakePlugin;
import io.cnm4j.tck.Together;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** PL-01 to PL-07: a plug-in is found, asked, and hurts nobody. */
class PluginTest {
    private static final Method METHOD = Method.NETWORK_CAPABILITIES;
    private static final int MOST = 100_000;
    private static final Limits LIMITS = new Limits(
            Duration.ofSeconds(5), Duration.ofMillis(1), Duration.ofMillis(200), MOST, 3, Duration.ofSeconds(1));

    @TempDir
    Path directory;

    private final AtomicLong extra = new AtomicLong(); // nanoseconds by which the breaker's clock is ahead
    private final PluginHttp http = new PluginHttp(MOST);
    private FakePlugin fake;
    private Plugin plugin;

    @BeforeEach
    void listen() {
        fake = new FakePlugin(directory.resolve("fake.sock"));
        plugin = plugin("fake");
    }

    @AfterEach
    void close() {
        fake.close();
        http.close();
    }

    private Plugin plugin(String name) {
        return new Plugin(
                name,
                new PluginSearch(List.of(directory), List.of(directory)),
                http,
                LIMITS,
                () -> System.nanoTime() + extra.get(),
                Map.of(Method.NETWORK_DRIVER, Set.of("bridge", "macvlan"), Method.IPAM_DRIVER, Set.of("pools")));
    }

    private static Deadline soon() {
        return Deadline.after(Duration.ofSeconds(5));
    }

    private NetworkCapabilities ask() {
        return plugin.call(METHOD, Map.of(), soon(), NetworkCapabilities::read);
    }

    @Test
    void aPluginIsActivatedOnceWhenItIsFirstAsked() {
        assertThat(fake.calls()).isEmpty();
        assertThat(ask().scope()).isEqualTo("local");
        assertThat(ask().connectivityScope()).isEqualTo("local");
        assertThat(fake.calls()).containsExactly("Plugin.Activate", METHOD.toString(), METHOD.toString());
    }

    @Test
    void manyCallersWaitForOneActivation() throws Exception {
        Together.run(16, number -> ask());
        assertThat(fake.calls()).containsOnlyOnce("Plugin.Activate").hasSize(17);
    }

    @Test
    void aPluginThatIsNotThereIsNotFoundAtOnceAndThePlacesAreNamed() {
        assertThatThrownBy(() -> plugin("nobody").call(METHOD, Map.of(), soon(), Fields::values))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContainingAll(
                        "NetworkDriver", "nobody", directory.toString(), "[bridge, macvlan]", "[fake]");
        assertThatThrownBy(() -> plugin("nobody").call(Method.ADDRESS_SPACES, Map.of(), soon(), Fields::values))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContainingAll("IpamDriver", "nobody", "[pools]");
    }

    @Test
    void aPluginOfAnotherTypeIsRefused() {
        fake.says("Plugin.Activate", "{\"Implements\":[\"VolumeDriver\"]}");
        assertThatThrownBy(this::ask)
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContainingAll("fake", "NetworkDriver", "VolumeDriver");
    }

    @Test
    void anErrorInAnAnswerIsARefusalInThePluginsWords() {
        fake.says(METHOD.toString(), "{\"Err\":\"out of paint\"}");
        assertThatThrownBy(this::ask)
                .isInstanceOfSatisfying(
                        PluginException.class, e -> assertThat(e.answer()).isEqualTo(PluginException.Answer.REFUSED))
                .hasMessageContainingAll("fake", METHOD.toString(), "out of paint");
    }

    @Test
    void aStatusThatIsNotOkIsNotTriedAgain() {
        fake.says(METHOD.toString(), 500, "{\"Err\":\"on fire\"}");
        assertThatThrownBy(this::ask).isInstanceOf(PluginException.class).hasMessageContaining("500: on fire");
        fake.says(METHOD.toString(), 503, "plain words");
        assertThatThrownBy(this::ask).isInstanceOf(PluginException.class).hasMessageContaining("503: plain words");
        assertThat(fake.calls()).hasSize(3);
    }

    @Test
    void aMethodThatNeedNotBeThereMayBeMissing() { // RN-12, RN-13
        fake.says(Method.PROGRAM_CONNECTIVITY.toString(), 404, "page not found");
        assertThat(plugin.callOptional(Method.PROGRAM_CONNECTIVITY, Map.of(), soon(), Fields::values))
                .isEmpty();
        assertThatThrownBy(() -> plugin.call(Method.PROGRAM_CONNECTIVITY, Map.of(), soon(), Fields::values))
                .isInstanceOf(PluginException.class)
                .hasMessageContaining("404");
    }

    @Test
    void aPluginThatHangsCostsItsCallerTheDeadlineAndNoMore() {
        ask();
        fake.hangs(METHOD.toString());
        long start = System.nanoTime();
        assertThatThrownBy(() -> plugin.call(METHOD, Map.of(), Deadline.after(Duration.ofMillis(50)), Fields::values))
                .isInstanceOf(DeadlineException.class)
                .hasMessageContainingAll("fake", METHOD.toString(), "limit of");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
    }

    @Test
    void afterThreeFailuresItIsLeftAloneUntilItHasRested() {
        fake.does(METHOD.toString(), (body, out) -> FakePlugin.raw(out, "rubbish\r\n\r\n"));
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(this::ask).isInstanceOf(PluginException.class);
        }
        int calls = fake.calls().size();
        assertThatThrownBy(this::ask)
                .isInstanceOf(PluginException.class)
                .hasMessageContainingAll("fake", "failed 3 times in a row", "is asked again in");
        assertThat(fake.calls()).hasSize(calls);

        fake.says(METHOD.toString(), "{\"Scope\":\"global\"}");
        extra.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(ask().scope()).isEqualTo("global");
        assertThat(ask().scope()).isEqualTo("global");
    }

    @Test
    void aConnectionThatCannotBeMadeIsTriedAgainAndThePluginIsLookedForAnew() {
        ask();
        fake.close();
        assertThatThrownBy(this::ask).isInstanceOf(PluginException.class).hasMessageContaining("no connection");
        fake = new FakePlugin(directory.resolve("fake.sock"));
        assertThat(ask().scope()).isEqualTo("local");
        assertThat(fake.calls()).containsExactly("Plugin.Activate", METHOD.toString());
    }

    @Test
    void anAnswerIsBounded() {
        refused((body, out) -> FakePlugin.write(out, 200, "{\"x\":\"" + "y".repeat(MOST) + "\"}"));
        refused((body, out) -> FakePlugin.write(out, 200, "{\"x\":".repeat(1000) + "1" + "}".repeat(1000)));
        refused((body, out) -> FakePlugin.raw(out, "HTTP/1.1 200 OK\r\n" + "X: y\r\n".repeat(100_000) + "\r\n"));
    }

    @Test
    void anAnswerWithoutEndIsCutOff() {
        refused((body, out) -> {
            FakePlugin.raw(out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            while (out.isOpen()) {
                FakePlugin.raw(out, "400\r\n" + " ".repeat(1024) + "\r\n");
            }
        });
    }

    @Test
    void anAnswerThatComesInDropsEndsAtTheDeadline() {
        ask();
        fake.does(METHOD.toString(), (body, out) -> {
            FakePlugin.raw(out, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n{");
            while (out.isOpen()) {
                FakePlugin.raw(out, " ");
                java.util.concurrent.TimeUnit.MILLISECONDS.sleep(1);
            }
        });
        assertThatThrownBy(() -> plugin.call(METHOD, Map.of(), Deadline.after(Duration.ofMillis(60)), Fields::values))
                .isInstanceOf(DeadlineException.class);
    }

    @Test
    void anAnswerThatIsCutShortIsNoAnswer() {
        refused((body, out) -> FakePlugin.raw(out, "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{\"Scope\":"));
        refused((body, out) -> {});
        refused((body, out) -> FakePlugin.write(out, 200, "{\"Scope\":"));
    }

    @Test
    void fieldsOfTheWrongTypeAreNamed() {
        for (String wrong : List.of("7", "null", "{}", "[]", "\"everywhere\"")) {
            fake.says(METHOD.toString(), "{\"Scope\":" + wrong + "}");
            assertThatThrownBy(this::ask).isInstanceOf(PluginException.class).hasMessageContainingAll("fake", "Scope");
            extra.addAndGet(Duration.ofMinutes(1).toNanos());
        }
        refused((body, out) -> FakePlugin.write(out, 200, "[]"));
        refused((body, out) -> FakePlugin.write(out, 200, "{} {}"));
    }

    private void refused(FakePlugin.Behaviour behaviour) {
        fake.does(METHOD.toString(), behaviour);
        assertThatThrownBy(this::ask)
                .isInstanceOfSatisfying(
                        PluginException.class, e -> assertThat(e.answer()).isNotEqualTo(PluginException.Answer.REFUSED))
                .hasMessageContaining("fake");
        extra.addAndGet(Duration.ofMinutes(1).toNanos());
    }

    /** Sound answers with some octets changed, lost, doubled: a value, or an error of ours. */
    @RepeatedTest(150)
    void junkIsAnErrorOfOurs(RepetitionInfo run) {
        var random = new Random(run.getCurrentRepetition()); // the repetition is the seed: a failure names it
        String sound = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 62\r\n\r\n"
                + "{\"Scope\":\"local\",\"ConnectivityScope\":\"global\",\"Gw\":[1,true,null]}";
        var text = new StringBuilder(sound);
        for (int i = random.nextInt(6); i >= 0; i--) {
            int at = random.nextInt(text.length());
            switch (random.nextInt(4)) {
                case 0 -> text.setCharAt(at, (char) random.nextInt(256));
                case 1 -> text.deleteCharAt(at);
                case 2 -> text.insert(at, text.substring(at, Math.min(text.length(), at + 20)));
                default -> text.setLength(at + 1);
            }
        }
        fake.does(METHOD.toString(), (String body, SocketChannel out) -> FakePlugin.raw(out, text.toString()));
        try {
            assertThat(ask().scope()).isIn("local", "global");
        } catch (CnmException expected) {
            assertThat(expected).hasMessageContaining("fake");
        }
    }
}
