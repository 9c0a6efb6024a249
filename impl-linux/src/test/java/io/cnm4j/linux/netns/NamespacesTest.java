package io.cnm4j.linux.netns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.error.KernelException;
import io.cnm4j.linux.KernelTap;
import io.cnm4j.linux.KernelTest;
import io.cnm4j.linux.TestNetns;
import io.cnm4j.linux.libc.LibC;
import io.cnm4j.linux.sysctl.Sysctls;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.plan.NamespaceRef;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class NamespacesTest {
    private static final Deadline SOON = Deadline.after(Duration.ofMinutes(10));

    @TempDir
    Path directory;

    private NamespaceWorkers workers;

    @BeforeEach
    void open() {
        workers = new NamespaceWorkers(Path.of(TestNetns.here().path()));
    }

    @AfterEach
    void close() {
        workers.close();
    }

    private void create(NamespaceRef namespace, Map<String, String> sysctls) {
        workers.call(SOON, () -> {
            Namespaces.create(namespace, sysctls, KernelTap.NONE);
            return true;
        });
    }

    private void delete(NamespaceRef namespace) {
        workers.call(SOON, () -> {
            Namespaces.delete(namespace, KernelTap.NONE);
            return true;
        });
    }

    private NamespaceRef at(String name) {
        return NamespaceRef.at(directory.resolve(name).toString());
    }

    @KernelTest
    void aNewNamespaceHasItsLoopbackUpAndItsParametersSet() throws Exception {
        NamespaceRef namespace = at("a/b/one");
        create(namespace, Map.of("net.ipv4.ip_forward", "1", "net.ipv4.conf.lo.rp_filter", "2"));
        assertThat(Namespaces.exists(namespace)).isTrue();
        assertThat(TestNetns.execute(namespace, "ip", "-br", "address", "show", "lo")
                        .output())
                .contains("127.0.0.1/8");
        assertThat(workers.callAside(namespace, () -> Sysctls.read("net.ipv4.ip_forward")))
                .contains("1");
        assertThat(workers.callAside(namespace, () -> Sysctls.read("net.ipv4.conf.lo.rp_filter")))
                .contains("2");
        assertThat(Sysctls.read("net.ipv4.ip_forward")).contains("0");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("a"))))
                .isEqualTo("rwx------");
        delete(namespace);
        assertThat(Namespaces.exists(namespace)).isFalse();
        assertThat(Files.exists(Path.of(namespace.path()))).isFalse();
        delete(namespace);
    }

    @KernelTest
    void afterAFailureNothingIsLeft() {
        NamespaceRef namespace = at("failed");
        assertThatThrownBy(() -> create(namespace, Map.of("net.ipv4.no_such_thing", "1")))
                .isInstanceOf(KernelException.class)
                .hasMessageContainingAll("sysctl -w net.ipv4.no_such_thing=1", "ENOENT");
        assertThat(Files.exists(Path.of(namespace.path()))).isFalse();
        KernelTap breaks = new KernelTap() {
            @Override
            public void before(String call) {}

            @Override
            public void after(String call) {
                throw new IllegalStateException("after " + call);
            }
        };
        assertThatThrownBy(() -> workers.call(SOON, () -> {
                    Namespaces.create(namespace, Map.of(), breaks);
                    return true;
                }))
                .isInstanceOf(IllegalStateException.class);
        assertThat(Files.exists(Path.of(namespace.path()))).isFalse();
    }

    @KernelTest
    void whatIsThereAlreadyIsAConflictAndStays() throws Exception {
        NamespaceRef namespace = at("taken");
        Files.writeString(Path.of(namespace.path()), "somebody's");
        assertThatThrownBy(() -> create(namespace, Map.of()))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining(namespace.path());
        assertThat(Files.readString(Path.of(namespace.path()))).isEqualTo("somebody's");
    }

    @KernelTest
    void onlyANetworkNamespaceIsOne() throws Exception {
        assertThat(Namespaces.exists(at("nothing"))).isFalse();
        assertThat(Namespaces.exists(NamespaceRef.at(directory.toString()))).isFalse();
        assertThat(Namespaces.exists(NamespaceRef.at(
                        Files.createFile(directory.resolve("file")).toString())))
                .isFalse();
        assertThat(Namespaces.exists(NamespaceRef.at("/proc/self/ns/uts"))).isFalse();
        assertThat(Namespaces.exists(NamespaceRef.at("/proc/self/ns/net"))).isTrue();
        assertThat(Namespaces.exists(NamespaceRef.HOST)).isTrue();
        int fd = Namespaces.openFd(TestNetns.here());
        assertThat(fd).isPositive();
        LibC.CALLS.close(fd);
    }

    @KernelTest
    void aThousandComeAndGoWithoutATrace() throws Exception {
        var all = new ArrayList<NamespaceRef>();
        for (int i = 0; i < 1000; i++) {
            NamespaceRef namespace = at("many" + i);
            create(namespace, Map.of());
            all.add(namespace);
            if (all.size() == 50) {
                all.forEach(this::delete);
                all.clear();
            }
        }
        all.forEach(this::delete);
        try (var files = Files.list(directory)) {
            assertThat(files).isEmpty();
        }
        List<String> mounts = Files.readAllLines(Path.of("/proc/thread-self/mountinfo"));
        assertThat(mounts).noneMatch(line -> line.contains(directory.toString()));
    }
}
