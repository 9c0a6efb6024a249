package io.cnm4j.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.api.Sandbox;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.ExtraHost;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.api.model.SandboxUpdate;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/** Hosts files that are not as we would write them. */
class HostsCopyTest {
    private static final Path HOSTS = Path.of("/etc/hosts");

    @TempDir
    Path directory;

    private static Sandbox inHost(Lab lab) {
        return lab.controller()
                .createSandbox(SandboxRequest.builder()
                        .containerId("box")
                        .hostNamespace(true)
                        .build());
    }

    private static void extra(Sandbox sandbox, ExtraHost... hosts) {
        sandbox.update(SandboxUpdate.builder().extraHosts(List.of(hosts)).build());
    }

    @KernelTest // HO-01
    void aSandboxInTheHostsNamespaceHasACopyOfTheHosts() throws IOException {
        try (var lab = new Lab(directory)) {
            Sandbox box = inHost(lab);
            Path file = box.inspect().hostsFile();
            assertThat(file).hasSameBinaryContentAs(HOSTS);
            Object inode = Files.getAttribute(file, "unix:ino");
            Files.writeString(file, "192.0.2.7\tmine\n", StandardOpenOption.APPEND);
            String edited = Files.readString(file);

            extra(box, ExtraHost.parse("printer:192.0.2.9"));
            assertThat(Files.readString(file)).startsWith(edited).contains("192.0.2.9\tprinter\n");
            assertThat(Files.getAttribute(file, "unix:ino")).isEqualTo(inode);
            assertThat(lab.controller().check()).isEmpty();
            lab.reopen();
            assertThat(lab.controller().check()).isEmpty();
            extra(lab.controller().sandboxByContainer("box"));
            assertThat(file).hasContent(edited);

            Files.delete(file);
            assertThat(lab.controller().check()).hasSize(1);
            assertThat(lab.controller().repair(lab.controller().check())).isEmpty();
            assertThat(file).hasSameBinaryContentAs(HOSTS);
            Files.writeString(file, "");
            assertThat(lab.controller().repair(lab.controller().check())).isEmpty();
            assertThat(file).hasSameBinaryContentAs(HOSTS);
        }
    }

    @KernelTest
    void aFileThatAContainerBlewUpIsLeftAloneAndHurtsNobody() throws IOException {
        long size = 1L << 34; // more than there is memory
        try (var lab = new Lab(directory)) {
            Sandbox box = lab.connected(lab.network("one"), "box");
            Path file = box.inspect().hostsFile();
            try (var blown = new RandomAccessFile(file.toFile(), "rw")) {
                blown.setLength(size); // holes
            }
            assertThat(lab.controller().check()).isEmpty();
            lab.network("two").connect(box, EndpointRequest.named("box"));
            assertThat(lab.controller().check()).isEmpty();
            assertThat(file).hasSize(size);
        }
    }
}
