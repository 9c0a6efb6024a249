package io.cnm4j.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cnm4j.api.Network;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.PublishedPort;
import io.cnm4j.api.model.SandboxRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/** Real runtimes start containers whose namespaces a hook hands over. XK-01 to XK-06 */
class OciRuntimeTest {
    /** crun 1.8 refuses a host that has both versions of control groups: it gets a mount namespace without the second. */
    private static final List<String> CRUN = List.of(
            "unshare", "--mount", "sh", "-c", "umount /sys/fs/cgroup/unified 2>/dev/null; exec crun \"$@\"", "sh");

    private static final List<String> RUNC = List.of("runc");

    @TempDir
    Path directory;

    private static void needs(String program) {
        assumeTrue(Permission.isRealRoot(), program + " needs root of the machine");
        assertThat(Path.of("/usr/sbin", program).toFile().exists()
                        || Path.of("/usr/bin", program).toFile().exists())
                .as(".ci/setup installs " + program)
                .isTrue();
    }

    private Path bundle(String kind, String hook, String script) throws IOException {
        Path bundle = Files.createTempDirectory(directory, "bundle");
        Path root = Files.createDirectory(bundle.resolve("rootfs"));
        for (String name : List.of("proc", "usr", "dev", "out")) {
            Files.createDirectory(root.resolve(name));
        }
        for (String name : List.of("bin", "sbin", "lib", "lib64")) {
            Files.createSymbolicLink(root.resolve(name), Path.of("usr", name));
        }
        Path out = Files.createDirectory(bundle.resolve("out"));
        String capabilities = "[\"CAP_NET_RAW\", \"CAP_DAC_OVERRIDE\"]";
        Files.writeString(bundle.resolve("config.json"), """
                {"ociVersion": "1.0.2",
                 "process": {"user": {"uid": 0, "gid": 0}, "cwd": "/", "env": ["PATH=/usr/sbin:/usr/bin"],
                             "args": ["/bin/sh", "-ec", "%s"],
                             "capabilities": {"bounding": %s, "effective": %s, "permitted": %s}},
                 "root": {"path": "rootfs"},
                 "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"},
                            {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "mode=755"]},
                            {"destination": "/usr", "type": "bind", "source": "/usr", "options": ["rbind", "ro"]},
                            {"destination": "/out", "type": "bind", "source": "%s", "options": ["rbind", "rw"]}],
                 "hooks": {"%s": [%s]},
                 "linux": {"namespaces": [{"type": "pid"}, {"type": "mount"}, {"type": "ipc"}, {"type": "network"}]}}
                """.formatted(
                        script, capabilities, capabilities, capabilities, out, kind, hook));
        return bundle;
    }

    private TestNetns.Result run(List<String> runtime, Path bundle, String id) throws Exception {
        var command = new ArrayList<>(runtime);
        command.addAll(List.of("--root", directory.resolve("runtime").toString(), "run", "--bundle"));
        command.addAll(List.of(bundle.toString(), id));
        Path said = Files.createTempFile(directory, "said", "");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .redirectInput(Path.of("/dev/null").toFile())
                .start();
        return new TestNetns.Result(process.waitFor(), Files.readString(said, StandardCharsets.UTF_8));
    }

    private Lab lab() {
        return new Lab(directory, KernelTap.NONE, config -> config.runtimeHooks(true));
    }

    private static Sandbox awaiting(Lab lab, Network network, String container, PublishedPort... ports) {
        Sandbox sandbox = lab.controller()
                .createSandbox(SandboxRequest.builder()
                        .containerId(container)
                        .namespaceLater(true)
                        .build());
        network.connect(
                sandbox,
                EndpointRequest.builder().name(container).addPublish(ports).build());
        return sandbox;
    }

    private void startsWithItsAddresses(List<String> runtime, String kind) throws Exception {
        try (Lab lab = lab()) {
            Network web = lab.network("web");
            String gateway =
                    web.inspect().subnets().get(0).gateway().orElseThrow().toString();
            Sandbox sandbox = awaiting(lab, web, "web-1");
            Path bundle = bundle(
                    kind,
                    lab.controller().runtimeHook().json(),
                    "ip -o address show dev eth0 > /out/address; ip route > /out/route; ping -c 1 -W 5 " + gateway);
            for (int start = 1; start <= 2; start++) { // the second time in another namespace, XK-05
                TestNetns.Result result = run(runtime, bundle, "web-1");
                assertThat(result.status()).as(result.output()).isZero();
                assertThat(Files.readString(bundle.resolve("out/address")))
                        .contains(sandbox.endpoints()
                                .get(0)
                                .inspect()
                                .addresses()
                                .get(0)
                                .toString());
                assertThat(Files.readString(bundle.resolve("out/route"))).contains("default via " + gateway);
                Files.delete(bundle.resolve("out/address"));
                assertThat(lab.controller().check()).isEmpty(); // its namespace is kept
            }
            sandbox.delete();
            assertThat(web.endpoints()).isEmpty();
            assertThat(lab.controller().check()).isEmpty();
        }
    }

    private void doesNotStartIfItsHookFails(List<String> runtime) throws Exception {
        try (Lab lab = lab()) {
            Network web = lab.network("web");
            Path bundle = bundle("prestart", lab.controller().runtimeHook().json(), "touch /out/started");
            assertThat(run(runtime, bundle, "stranger").status())
                    .as("no sandbox is made for it, XK-04")
                    .isNotZero();
            Sandbox sandbox = awaiting(lab, web, "web-1", PublishedPort.parse("8001:80"));
            String before = TestNetns.runIn(TestNetns.here(), "ip", "-o", "link");
            try (EchoServer other = EchoServer.in("other", TestNetns.here(), 8001)) { // it has the port
                TestNetns.Result result = run(runtime, bundle, "web-1");
                assertThat(result.status()).as(result.output()).isNotZero();
            }
            assertThat(bundle.resolve("out/started")).doesNotExist();
            assertThat(sandbox.inspect().namespaceAwaited()).isTrue();
            await().untilAsserted( // the bridge had a carrier for a moment, and the kernel tells of that later
                            () -> assertThat(TestNetns.runIn(TestNetns.here(), "ip", "-o", "link"))
                                    .isEqualTo(before));
            assertThat(lab.controller().check()).isEmpty();
            TestNetns.Result again = run(runtime, bundle, "web-1");
            assertThat(again.status()).as(again.output()).isZero();
            assertThat(bundle.resolve("out/started")).exists();
            sandbox.delete();
            assertThat(lab.controller().check()).isEmpty();
        }
    }

    @KernelTest
    void runcStartsAContainerThatHasItsAddresses() throws Exception {
        needs("runc");
        startsWithItsAddresses(RUNC, "prestart");
        startsWithItsAddresses(RUNC, "createRuntime");
    }

    @KernelTest
    void crunStartsAContainerThatHasItsAddresses() throws Exception {
        needs("crun");
        startsWithItsAddresses(CRUN, "prestart");
        startsWithItsAddresses(CRUN, "createRuntime");
    }

    @KernelTest
    void runcDoesNotStartAContainerWhoseHookFails() throws Exception {
        needs("runc");
        doesNotStartIfItsHookFails(RUNC);
    }

    @KernelTest
    void crunDoesNotStartAContainerWhoseHookFails() throws Exception {
        needs("crun");
        doesNotStartIfItsHookFails(CRUN);
    }
}
