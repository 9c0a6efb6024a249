package io.cnm4j.linux.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cnm4j.linux.KernelTest;
import io.cnm4j.linux.TestNetns;
import io.cnm4j.linux.netns.NamespaceWorkers;
import io.cnm4j.linux.netns.Namespaces;
import io.cnm4j.linux.snapshot.ChangeNotice;
import io.cnm4j.spi.host.Deadline;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class ProcessLauncherTest {
    private static final Deadline SOON = Deadline.after(Duration.ofMinutes(10));

    @TempDir
    Path directory;

    private NamespaceWorkers workers;
    private ProcessLauncher launcher;
    private TestNetns sandbox;

    @BeforeEach
    void open() {
        workers = new NamespaceWorkers(Path.of(TestNetns.here().path()));
        launcher = new ProcessLauncher(workers);
        sandbox = TestNetns.create(directory, "sandbox");
    }

    @AfterEach
    void close() {
        sandbox.close();
        workers.close();
    }

    private Process start(ProcessBuilder builder) throws IOException {
        return launcher.start(sandbox.ref(), builder, SOON);
    }

    private Process shell(String script) throws IOException {
        return start(new ProcessBuilder("sh", "-c", script));
    }

    private static String text(InputStream stream) throws IOException {
        try (stream) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String inode() throws IOException {
        return Files.readSymbolicLink(Path.of("/proc/thread-self/ns/net")).toString();
    }

    @KernelTest
    void theProcessIsInTheSandboxAndNoThreadOfOursIs() throws Exception {
        String home = inode();
        String inside = Namespaces.identity(sandbox.ref()); // asked from outside: by no thread that may linger
        Process process = shell("readlink /proc/self/ns/net; read line");
        var reader = process.inputReader();
        assertThat(reader.readLine()).isEqualTo(inside).isNotEqualTo(home);
        assertThat(inode()).isEqualTo(home);
        assertThat(namespacesOfOurThreads()).doesNotContain(inside);
        process.getOutputStream().close();
        assertThat(process.waitFor()).isEqualTo(1);
        reader.close();
    }

    private static List<String> namespacesOfOurThreads() throws IOException {
        try (var tasks = Files.list(Path.of("/proc/self/task"))) {
            return tasks.map(task -> {
                        try {
                            return Files.readSymbolicLink(task.resolve("ns/net"))
                                    .toString();
                        } catch (IOException ended) {
                            return ended.toString();
                        }
                    })
                    .toList();
        }
    }

    @KernelTest
    void noDescriptorOfTheJvmLeaks() throws Exception {
        try (var open = Files.newInputStream(Files.createFile(directory.resolve("open")))) {
            assertThat(open.read()).isEqualTo(-1);
            Process process = shell("for fd in /proc/self/fd/*; do echo ${fd##*/} $(readlink $fd); done");
            List<String> lines = text(process.getInputStream()).lines().toList();
            assertThat(lines)
                    .filteredOn(line -> !line.matches("[012] pipe:.*") && line.contains(" ") && line.matches("\\d+ .+"))
                    .allMatch(line -> line.contains("/proc/") || line.contains("pipe:"));
            assertThat(process.waitFor()).isZero();
        }
        Process plain = start(new ProcessBuilder("ls", "/proc/self/fd"));
        assertThat(text(plain.getInputStream()).split("\\s+"))
                .containsExactly("0", "1", "2", "3"); // 3: the directory that ls reads
    }

    @KernelTest
    void signalsAreNeitherBlockedNorIgnored() throws Exception {
        Process process = start(new ProcessBuilder("grep", "-E", "SigBlk|SigIgn", "/proc/self/status"));
        String internal = "0000000180000000"; // glibc itself ignores its two internal signals in a spawned child
        assertThat(text(process.getInputStream()).lines().map(line -> line.replaceAll(".*\\s", "")))
                .allMatch(mask -> mask.equals("0000000000000000") || mask.equals(internal));
    }

    @KernelTest
    void streamsDirectoryAndEnvironmentAreAsAsked() throws Exception {
        var builder = new ProcessBuilder("sh", "-c", "cat; pwd; echo $COLOUR >&2; exit 3").directory(new File("/usr"));
        builder.environment().put("COLOUR", "grün");
        Process process = start(builder);
        try (var input = process.getOutputStream()) {
            input.write("hello\n".getBytes(StandardCharsets.UTF_8));
        }
        assertThat(text(process.getInputStream())).isEqualTo("hello\n/usr\n");
        assertThat(text(process.getErrorStream())).isNotEmpty();
        assertThat(process.waitFor()).isEqualTo(3);
        assertThat(process.exitValue()).isEqualTo(3);
        assertThat(process.isAlive()).isFalse();
    }

    @KernelTest
    void filesServeAsStreams() throws Exception {
        File in = Files.writeString(directory.resolve("in"), "from a file\n").toFile();
        File out = directory.resolve("out").toFile();
        for (Redirect to : List.of(Redirect.to(out), Redirect.appendTo(out), Redirect.appendTo(out))) {
            Process process = start(new ProcessBuilder("sh", "-c", "cat; echo error >&2")
                    .redirectInput(in)
                    .redirectOutput(to)
                    .redirectErrorStream(true));
            assertThat(process.waitFor()).isZero();
            assertThat(process.getInputStream().read()).isEqualTo(-1);
            assertThatThrownBy(() -> process.getOutputStream().write(1)).isInstanceOf(IOException.class);
        }
        assertThat(out).hasContent("from a file\nerror\n".repeat(3));
        assertThat(start(new ProcessBuilder("sh", "-c", "echo gone")
                                .redirectOutput(Redirect.DISCARD)
                                .redirectError(Redirect.INHERIT)
                                .redirectInput(Redirect.INHERIT))
                        .waitFor())
                .isZero();
        assertThatThrownBy(() -> start(new ProcessBuilder("true").redirectInput(new File("/no/such/file"))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("/no/such/file");
    }

    @KernelTest
    void whatCannotBeStartedIsAnIoException() throws Exception {
        assertThatThrownBy(() -> start(new ProcessBuilder("no-such-program")))
                .isInstanceOf(IOException.class)
                .hasMessageMatching("Cannot run program \"no-such-program\": error="
                        + "(2, No such file or directory|13, Permission denied)"); // PATH may have a closed directory
        assertThatThrownBy(() -> start(new ProcessBuilder("true").directory(new File("/no/such/place"))))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll("\"true\"", "(in directory \"/no/such/place\")");
        assertThatThrownBy(() -> start(new ProcessBuilder(directory.toString())))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("error=13");
        assertThatThrownBy(() -> start(new ProcessBuilder("echo", "a\0b"))).isInstanceOf(IOException.class);
    }

    @KernelTest
    void aProcessCanBeEnded() throws Exception {
        Process polite = start(new ProcessBuilder("sleep", "1000"));
        assertThat(polite.isAlive()).isTrue();
        assertThat(polite.toHandle().isAlive()).isTrue();
        assertThat(polite.waitFor(1, TimeUnit.MILLISECONDS)).isFalse();
        assertThatThrownBy(polite::exitValue).isInstanceOf(IllegalThreadStateException.class);
        polite.destroy();
        assertThat(polite.waitFor()).isEqualTo(128 + 15);
        Process forced = shell("trap '' TERM; echo ready; while :; do sleep 1000; done");
        assertThat(forced.inputReader().readLine()).isEqualTo("ready");
        assertThat(forced.destroyForcibly().onExit().get(10, TimeUnit.SECONDS).exitValue())
                .isEqualTo(128 + 9);
        forced.destroy();
        assertThat(forced.toHandle().pid()).isEqualTo(forced.pid());
        forced.getInputStream().close();
    }

    @KernelTest
    void whatAProcessWroteIsThereAfterItsEndAndNoDescriptorIs() throws Exception {
        Process process = shell("echo first; echo second >&2");
        process.waitFor();
        assertThat(text(process.getInputStream())).isEqualTo("first\n");
        assertThat(text(process.getErrorStream())).isEqualTo("second\n");
        shell("echo nobody reads this").waitFor(); // the extension compares descriptors
    }

    @KernelTest
    void theNamespaceEndsWithTheProcessAndItsFile() throws Exception {
        TestNetns wired = TestNetns.wired(directory, "wired", "here0", "there0");
        try (var notice = ChangeNotice.open()) {
            assertThat(hasLink("here0")).isTrue();
            Process process = launcher.start(wired.ref(), new ProcessBuilder("cat"), SOON);
            process.getOutputStream().close();
            assertThat(process.waitFor()).isZero();
            wired.close();
            Deadline limit = Deadline.after(Duration.ofSeconds(30)); // a descriptor that stayed would keep it for good
            while (hasLink("here0") && !limit.isOver()) {
                ChangeNotice.awaitAny(List.of(notice), (int) (1 + limit.remainingNanos() / 1_000_000));
            }
            assertThat(hasLink("here0")).isFalse();
        }
    }

    private static boolean hasLink(String name) throws IOException {
        return Files.readString(Path.of("/proc/thread-self/net/dev")).contains(name + ":");
    }
}
